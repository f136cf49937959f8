package main

func runPKI(args []string) {}
