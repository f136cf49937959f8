package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

// setBuild says of Helm's build what the real 4.3.1 says of its own.
func setBuild(capabilities *common.Capabilities) {
	build := &capabilities.HelmVersion
	build.Version = "v4.3.1"
	build.GitCommit = "c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff"
	build.GitTreeState = "clean"
	build.GoVersion = "go1.27.2"
	build.KubeClientVersion = "v1.37"
}

// surroundings are what a chart is rendered with, beside itself.
type surroundings struct {
	Values      string // YAML
	Release     string // its name; "rel" if empty
	Namespace   string // "ns" if empty
	Revision    int
	IsUpgrade   bool     `json:"is_upgrade"`
	KubeVersion string   `json:"kube_version"`
	APIVersions []string `json:"api_versions"`
}

// askRender renders a chart: a folder, a packed file, or files by name.
func askRender(line []byte) answer {
	q, err := question[struct {
		surroundings
		Path  string
		Files map[string]string
	}](line)
	if err != nil {
		return failed(err)
	}
	var made *chart.Chart
	switch {
	case q.Path == "":
		made, err = loader.LoadFiles(buffered(q.Files))
	case isFolder(q.Path):
		made, err = loader.LoadDir(q.Path)
	default:
		made, err = loader.LoadFile(q.Path)
	}
	if err != nil {
		return failed(err)
	}
	return render(made, q.surroundings)
}

// askTime loads a packed chart from memory and renders it, several times, and says
// how long the fastest of them took.
func askTime(line []byte) answer {
	q, err := question[struct {
		surroundings
		Path string
		Runs int
	}](line)
	if err != nil {
		return failed(err)
	}
	packed, err := os.ReadFile(q.Path)
	if err != nil {
		return failed(err)
	}
	var best time.Duration
	for range max(q.Runs, 1) {
		started := time.Now()
		made, err := loader.LoadArchive(bytes.NewReader(packed))
		if err != nil {
			return failed(err)
		}
		a := render(made, q.surroundings)
		if a.Error != "" {
			return answer{Error: a.Error}
		}
		for name := range a.Files {
			if strings.HasSuffix(name, "NOTES.txt") {
				delete(a.Files, name)
			}
		}
		order := releaseutil.InstallOrder
		if _, _, err := releaseutil.SortManifests(a.Files, nil, order); err != nil {
			return failed(err)
		}
		if took := time.Since(started); best == 0 || took < best {
			best = took
		}
	}
	return answer{Nanoseconds: best.Nanoseconds()}
}

// askTemplate renders one text as the only template of a chart called t; further
// ones can be given by name.
func askTemplate(line []byte) answer {
	q, err := question[struct {
		surroundings
		Template string
		Others   map[string]string
		Files    map[string]string
	}](line)
	if err != nil {
		return failed(err)
	}
	files := map[string]string{
		"Chart.yaml":       "apiVersion: v2\nname: t\nversion: 1.2.3\nappVersion: \"4.5\"\n",
		"templates/t.yaml": q.Template,
	}
	for name, text := range q.Others {
		files["templates/"+name] = text
	}
	for name, text := range q.Files {
		files[name] = text
	}
	made, err := loader.LoadFiles(buffered(files))
	if err != nil {
		return failed(err)
	}
	a := render(made, q.surroundings)
	a.Output, a.Files = a.Files["t/templates/t.yaml"], nil
	return a
}

func render(made *chart.Chart, s surroundings) answer {
	files, err := rendered(made, s)
	if err != nil {
		return failed(err)
	}
	return answer{Files: files}
}

func rendered(made *chart.Chart, s surroundings) (map[string]string, error) {
	values, err := common.ReadValues([]byte(s.Values))
	if err != nil {
		return nil, err
	}
	if err := chartutil.ProcessDependencies(made, values); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	options := common.ReleaseOptions{
		Name: or(s.Release, "rel"), Namespace: or(s.Namespace, "ns"),
		Revision: max(s.Revision, 1), IsUpgrade: s.IsUpgrade, IsInstall: !s.IsUpgrade,
	}
	capabilities := common.DefaultCapabilities.Copy()
	setBuild(capabilities)
	if s.KubeVersion != "" {
		version, err := common.ParseKubeVersion(s.KubeVersion)
		if err != nil {
			return nil, err
		}
		capabilities.KubeVersion = *version
	}
	known := capabilities.APIVersions
	capabilities.APIVersions = append(known[:len(known):len(known)], s.APIVersions...)
	top, err := util.ToRenderValues(made, values, options, capabilities)
	if err != nil {
		return nil, err
	}
	if err := refuseOtherKubernetes(made.Metadata.KubeVersion, capabilities.KubeVersion); err != nil {
		return nil, err
	}
	return engine.Render(made, top)
}

// document is one manifest or hook, and the file it came from.
type document struct {
	File    string   `json:"file"`
	Content string   `json:"content"`
	Kind    string   `json:"kind"`
	Name    string   `json:"name"`
	Events  []string `json:"events,omitempty"`
	Weight  int      `json:"weight,omitempty"`
}

// askSort splits rendered files into hooks and manifests in install order (or
// the reverse, with uninstall).
func askSort(line []byte) answer {
	q, err := question[struct {
		Files     map[string]string
		Uninstall bool
	}](line)
	if err != nil {
		return failed(err)
	}
	order := releaseutil.InstallOrder
	if q.Uninstall {
		order = releaseutil.UninstallOrder
	}
	hooks, manifests, err := releaseutil.SortManifests(q.Files, nil, order)
	if err != nil {
		return failed(err)
	}
	made := answer{}
	made.Hooks, made.Documents = documents(hooks, manifests)
	return made
}

func documents(
	hooks []*release.Hook, manifests []releaseutil.Manifest,
) (ofHooks, ofManifests []document) {
	for _, hook := range hooks {
		ofHooks = append(ofHooks, document{
			File: hook.Path, Content: hook.Manifest, Kind: hook.Kind, Name: hook.Name,
			Events: names(hook.Events), Weight: hook.Weight,
		})
	}
	for _, manifest := range manifests {
		one := document{File: manifest.Name, Content: manifest.Content, Kind: manifest.Head.Kind}
		if manifest.Head.Metadata != nil {
			one.Name = manifest.Head.Metadata.Name
		}
		ofManifests = append(ofManifests, one)
	}
	return ofHooks, ofManifests
}

// askSplit splits a file into its documents.
func askSplit(line []byte) answer {
	q, err := question[struct{ Text string }](line)
	if err != nil {
		return failed(err)
	}
	return answer{Files: releaseutil.SplitManifests(q.Text)}
}

func buffered(files map[string]string) []*archive.BufferedFile {
	var made []*archive.BufferedFile
	for name, text := range files {
		made = append(made, &archive.BufferedFile{Name: name, Data: []byte(text)})
	}
	return made
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func or(text, otherwise string) string {
	if strings.TrimSpace(text) == "" {
		return otherwise
	}
	return text
}

func names(events []release.HookEvent) []string {
	made := make([]string, len(events))
	for i, event := range events {
		made[i] = event.String()
	}
	return made
}
