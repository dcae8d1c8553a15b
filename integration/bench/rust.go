package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// buildRust builds the program with the official Rust client. The path is "" if cargo is not
// installed or can't build it, which is reported once.
var buildRust = sync.OnceValue(func() string {
	cargo, err := exec.LookPath("cargo")
	if err != nil {
		fmt.Fprintln(os.Stderr, "cargo is not installed: the Rust client is left out")
		return ""
	}
	target := filepath.Join(os.TempDir(), "aerosql-bench-rust")
	cmd := exec.Command(cargo, "build", "--release", "--quiet", "--target-dir", target)
	cmd.Dir = rustDir
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "the Rust client is left out:", err)
		return ""
	}
	return filepath.Join(target, "release", "aerosql-bench")
})

// rustDir is the directory of the program's source.
var rustDir string

// measureRust is measure for the Rust client. ok is false if it can't do the work.
func measureRust(o *options, w *work, callers int) (res result, ok bool, err error) {
	stored := records
	switch w.name {
	case "get", "put":
	case "scan":
		stored = o.scan
	default:
		return res, false, nil
	}
	rustDir = o.rust
	program := buildRust()
	if program == "" {
		return res, false, nil
	}
	before := cpuOf(o.pid)
	out, err := exec.Command(program, o.addr, w.name, fmt.Sprint(callers), fmt.Sprint(o.time.Milliseconds()), fmt.Sprint(stored)).Output()
	if err != nil {
		return res, false, fmt.Errorf("the Rust client: %w", err)
	}
	var got struct {
		Calls        int64
		Seconds, CPU float64
		P50, P99     float64
	}
	if err := json.Unmarshal(out, &got); err != nil {
		return res, false, fmt.Errorf("the Rust client: %w", err)
	}
	n := float64(got.Calls) * float64(w.recordsOf(o))
	return result{
		rate: n / got.Seconds, client: got.CPU * 1e6 / n, server: micros(cpuOf(o.pid)-before) / n, p50: got.P50, p99: got.P99,
	}, true, nil
}
