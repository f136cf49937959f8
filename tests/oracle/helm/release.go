package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

// askRelease makes a release's hooks, documents and notes, in the steps of
// Helm's `action.renderResources`, of files by name or of a packed chart in
// which some files are others (`edits`: a text, or null for none).
func askRelease(line []byte) answer {
	q, err := question[struct {
		surroundings
		Path  string
		Edits map[string]*string
	}](line)
	if err != nil {
		return failed(err)
	}
	files, err := edited(q.Path, q.Edits)
	if err != nil {
		return failed(err)
	}
	made, err := loader.LoadFiles(files)
	if err != nil {
		return failed(err)
	}
	rendered, err := rendered(made, q.surroundings)
	if err != nil {
		return failed(err)
	}
	a := answer{Output: notes(rendered, made.Name()+"/templates/"+notesFile)}
	hooks, manifests, err := releaseutil.SortManifests(rendered, nil, releaseutil.InstallOrder)
	if err != nil {
		return failed(err)
	}
	a.Hooks, a.Documents = documents(hooks, manifests)
	return a
}

const notesFile = "NOTES.txt"

// notes takes all files of that name out and returns one of them.
func notes(files map[string]string, wanted string) string {
	text := files[wanted]
	for name := range files {
		if strings.HasSuffix(name, notesFile) {
			delete(files, name)
		}
	}
	return text
}

// unpacked are the files of archives that were asked for, by path.
var unpacked sync.Map

// edited returns the files of the archive with the edits in their places, and
// behind them, by name, the files that it does not have.
func edited(path string, edits map[string]*string) ([]*archive.BufferedFile, error) {
	known, err := unpack(path)
	if err != nil {
		return nil, err
	}
	var files []*archive.BufferedFile
	put := func(name string, text *string) {
		if text != nil {
			files = append(files, &archive.BufferedFile{Name: name, Data: []byte(*text)})
		}
	}
	old := map[string]bool{}
	for _, file := range known {
		old[file.Name] = true
		if text, other := edits[file.Name]; other {
			put(file.Name, text)
		} else {
			files = append(files, &archive.BufferedFile{Name: file.Name, Data: file.Data})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(edits)) {
		if !old[name] {
			put(name, edits[name])
		}
	}
	return files, nil
}

func unpack(path string) ([]*archive.BufferedFile, error) {
	if path == "" {
		return nil, nil
	}
	if files, ok := unpacked.Load(path); ok {
		return files.([]*archive.BufferedFile), nil
	}
	packed, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	defer packed.Close()
	files, err := archive.LoadArchiveFiles(packed)
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	unpacked.Store(path, files)
	return files, nil
}

// refuseOtherKubernetes is the check that Helm's action makes before it renders.
func refuseOtherKubernetes(wanted string, has common.KubeVersion) error {
	if wanted == "" || chartutil.IsCompatibleRange(wanted, has.String()) {
		return nil
	}
	return fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s",
		wanted, has.Version)
}
