package main

import (
	"os"
	"strconv"
	"syscall"
)

// dieWithParent makes the kernel kill this process when the one that started
// it ends, even by SIGKILL, so that no component outlives its cluster.
//
// The starter's pid is handed over, because it may have died before the wish
// reached the kernel. (The signal follows the starting thread, not the
// process: with-cluster starts everything from its main thread.)
func dieWithParent() {
	expected := os.Getenv("RUTTER_TEST_CLUSTER_PARENT")
	if expected == "" {
		return
	}
	_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0)
	if errno != 0 {
		fail("prctl: " + errno.Error())
	}
	if expected != strconv.Itoa(os.Getppid()) {
		fail("the process that started this one has ended")
	}
}
