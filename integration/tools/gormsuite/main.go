// Gormsuite runs gorm's own tests on devserver. They are not part of gorm's module, so it needs the
// directory of a clone of its repository:
//
//	git clone https://github.com/go-gorm/gorm
//	go run ./gormsuite -dir gorm
//
// It prints
//
//	gorm: N passed, M failed as listed, K skipped
//
// The exit status is 1 if a test fails that is not in differences.txt, or if one that is there
// passes.
package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed opening.go.txt
var opening []byte

//go:embed differences.txt
var differences string

func main() {
	dir := flag.String("dir", "", "the directory of a clone of gorm's repository")
	run := flag.String("run", "", "only the tests that match this `regexp`")
	flag.Parse()
	if err := suite(*dir, *run); err != nil {
		fmt.Fprintln(os.Stderr, "gormsuite:", err)
		os.Exit(1)
	}
}

func suite(dir, run string) error {
	if dir == "" {
		return errors.New("-dir is missing")
	}
	work, err := os.MkdirTemp("", "gormsuite")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := prepare(filepath.Join(dir, "tests"), work); err != nil {
		return err
	}
	verdicts, err := test(work, run)
	if err != nil {
		return err
	}
	return compare(verdicts, run == "")
}

// prepare copies the tests, except those of one database, and replaces the file that opens it.
func prepare(tests, work string) error {
	files, err := filepath.Glob(filepath.Join(tests, "*_test.go"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("there are no tests in %s", tests)
	}
	for _, file := range append(files, filepath.Join(tests, "go.mod"), filepath.Join(tests, "go.sum")) {
		name := filepath.Base(file)
		if name == "postgres_test.go" || name == "gaussdb_test.go" || name == "tests_test.go" {
			continue
		}
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) && name == "go.sum" {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(work, name), text, 0o600)
		}
		if err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(work, "tests_test.go"), opening, 0o600); err != nil {
		return err
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	const module = "github.com/aerosql/aerosql"
	edit := []string{
		"mod", "edit", "-go=1.26.0", "-dropreplace=gorm.io/gorm", "-droprequire=gorm.io/driver/sqlite", "-droprequire=gorm.io/driver/sqlserver",
		"-require=" + module + "@v0.0.0", "-replace=" + module + "=" + root,
		"-require=" + module + "/integration/gorm@v0.0.0", "-replace=" + module + "/integration/gorm=" + filepath.Join(root, "integration/gorm"),
	}
	if err := command(work, edit...).Run(); err != nil {
		return err
	}
	return command(work, "mod", "tidy").Run()
}

func command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "GOWORK=off")
	return cmd
}

// test runs the tests and returns the verdict of each: pass, fail or skip.
func test(work, run string) (map[string]string, error) {
	out, err := command(work, "test", "-json", "-run", run, ".").Output()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	verdicts := make(map[string]string)
	for in := bufio.NewScanner(bytes.NewReader(out)); in.Scan(); {
		var event struct{ Action, Test, Output string }
		if err := json.Unmarshal(in.Bytes(), &event); err != nil {
			continue // a line of the compiler
		}
		switch {
		case event.Test == "" && event.Action == "build-output":
			fmt.Fprint(os.Stderr, event.Output)
		case event.Test != "" && !strings.Contains(event.Test, "/") && slices.Contains([]string{"pass", "fail", "skip"}, event.Action):
			verdicts[event.Test] = event.Action
		}
	}
	if len(verdicts) == 0 {
		return nil, fmt.Errorf("no test ran: %w", err)
	}
	return verdicts, nil
}

// unordered is the reason of tests that may pass.
const unordered = "rows without ORDER BY have no order"

// compare compares the verdicts with differences.txt and prints the counts.
func compare(verdicts map[string]string, all bool) error {
	listed := make(map[string]string)
	for line := range strings.Lines(differences) {
		if name, why, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name != "#" {
			listed[name] = strings.TrimSpace(why)
		}
	}
	count := make(map[string]int)
	var wrong []string
	for name, verdict := range verdicts {
		count[verdict]++
		if why, known := listed[name]; verdict == "fail" && !known {
			wrong = append(wrong, name+" fails, and is not in differences.txt")
		} else if verdict == "pass" && known && why != unordered {
			wrong = append(wrong, name+" passes, but is in differences.txt")
		}
	}
	for name := range listed {
		if verdicts[name] == "" && all {
			wrong = append(wrong, name+" is in differences.txt, but there is no such test")
		}
	}
	fmt.Printf("gorm: %d passed, %d failed as listed, %d skipped\n", count["pass"], count["fail"], count["skip"])
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return errors.New(strings.Join(wrong, "\n"))
	}
	return nil
}
