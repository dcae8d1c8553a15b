package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
)

// checkout returns the directory of a clone below -suites.
func (h *harness) checkout(repository string) (string, error) {
	if h.suites == "" {
		return "", missing("-suites is not set: clone " + repository + " and name the directory that contains it")
	}
	dir, err := filepath.Abs(filepath.Join(h.suites, repository))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); err != nil {
		return "", missing("-suites " + h.suites + " has no clone of " + repository)
	}
	return dir, nil
}

// pythonSuite runs the suite of the official Python client. Its version should be that of the
// clone.
func pythonSuite(h *harness, addr string) (specs, error) {
	clone, err := h.checkout("aerospike-client-python")
	if err != nil {
		return specs{}, err
	}
	python, err := h.findPython()
	if err != nil {
		return specs{}, err
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return specs{}, err
	}
	dir := filepath.Join(h.dir, "python")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(clone, "test"))); err != nil {
		return specs{}, err
	}
	config := fmt.Sprintf("[input-validation]\nvalidate_keys: true\n\n[community-edition]\nhosts: %s:%s\n", host, port)
	if err := os.WriteFile(filepath.Join(dir, "config.conf"), []byte(config), 0o600); err != nil {
		return specs{}, err
	}
	args := []string{"-m", "pytest", "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors", "--junitxml=outcome.xml", "new_tests"}
	if h.focus != "" {
		args = append(args, "-k", h.focus)
	}
	cmd := exec.Command(python, args...)
	cmd.Dir = dir
	out, runErr := cmd.CombinedOutput()
	text := h.output(out)
	data, err := os.ReadFile(filepath.Join(dir, "outcome.xml"))
	if err != nil {
		return specs{}, fmt.Errorf("the suite did not complete: %v\n%s", runErr, tail(text, 2000))
	}
	return readReport(data, pythonKnown)
}

// findPython returns a Python program that has the client: that of -python, or the one that 'make
// fixtures' prepares, or that of the machine.
func (h *harness) findPython() (string, error) {
	python := h.python
	if python == "" {
		python = "fixtures/pytest/.venv/bin/python"
		if _, err := os.Stat(python); err != nil {
			python = "python3"
		}
	}
	python, err := exec.LookPath(python)
	if err != nil {
		return "", missing("Python is not installed")
	}
	if python, err = filepath.Abs(python); err != nil {
		return "", err
	}
	if exec.Command(python, "-c", "import aerospike, pytest").Run() != nil {
		return "", missing("Python has no pytest or no client: run 'make fixtures' or set -python")
	}
	return python, nil
}
