// Command api records what the packages that users import export, in integration/testdata/api: a
// file for each package, with a line for each name. A change that removes or changes a line can
// break a program, and must be named in CHANGELOG.md. New lines break nothing. The record is
// updated for each release, so that names which no release had can still be changed.
//
//	go run ./api -check    # fail if CHANGELOG.md does not name an incompatible change
//	go run ./api -update   # the same, and write the record
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	update := flag.Bool("update", false, "write the record")
	check := flag.Bool("check", false, "print what is new, and fail if CHANGELOG.md does not name an incompatible change")
	flag.Parse()
	if *update == *check {
		flag.Usage()
		os.Exit(2)
	}
	if err := run("..", *update); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run compares the code below root with the record, or writes the record.
func run(root string, update bool) error {
	exported, err := load(root)
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "integration", "testdata", "api")
	recorded, err := readRecord(dir)
	if err != nil {
		return err
	}
	changelog, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	d := compare(recorded, exported)
	if missing := d.notNamed(unreleased(string(changelog))); len(missing) > 0 {
		return fmt.Errorf("incompatible changes that the part Unreleased of CHANGELOG.md does not name, in backquotes as package.Name:\n%s",
			strings.Join(missing, "\n"))
	}
	if update {
		return writeRecord(dir, exported)
	}
	fmt.Print(d)
	return nil
}

// An api has the lines of each package, sorted.
type api map[string][]string

// readRecord reads the files of the record.
func readRecord(dir string) (api, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	record := api{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		pkg := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(file), ".txt"), "-", "/")
		record[pkg] = strings.Split(strings.TrimSpace(string(text)), "\n")
	}
	return record, nil
}

// writeRecord writes the files of the record, and removes those of packages that are gone.
func writeRecord(dir string, a api) error {
	old, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return err
	}
	var errs []error
	for _, file := range old {
		errs = append(errs, os.Remove(file))
	}
	for pkg, lines := range a {
		name := strings.ReplaceAll(pkg, "/", "-") + ".txt"
		errs = append(errs, os.WriteFile(filepath.Join(dir, name), []byte(strings.Join(lines, "\n")+"\n"), 0o644))
	}
	return errors.Join(errs...)
}

// A difference has the lines that only one of two APIs has. They begin with the package.
type difference struct{ removed, added []string }

func compare(old, now api) (d difference) {
	for pkg, lines := range old {
		d.removed = append(d.removed, without(pkg, lines, now[pkg])...)
	}
	for pkg, lines := range now {
		d.added = append(d.added, without(pkg, lines, old[pkg])...)
	}
	slices.Sort(d.removed)
	slices.Sort(d.added)
	return d
}

// without returns the lines that others do not have.
func without(pkg string, lines, others []string) (only []string) {
	for _, line := range lines {
		if _, found := slices.BinarySearch(others, line); !found {
			only = append(only, pkg+": "+line)
		}
	}
	return only
}

// String lists the lines, those that are gone with a minus.
func (d difference) String() string {
	var b strings.Builder
	for _, line := range d.removed {
		b.WriteString("- " + line + "\n")
	}
	for _, line := range d.added {
		b.WriteString("+ " + line + "\n")
	}
	return b.String()
}

// notNamed returns the removed lines whose name a text does not have. It accepts the name of the
// type for a field or method.
func (d difference) notNamed(text string) (missing []string) {
	for _, line := range d.removed {
		pkg, entry, _ := strings.Cut(line, ": ")
		short := pkg[strings.LastIndex(pkg, "/")+1:]
		name := short + "." + nameOf(entry)
		owner := name[:strings.LastIndex(name, ".")]
		if !mentions(text, name) && (owner == short || !mentions(text, owner)) {
			missing = append(missing, "- "+line)
		}
	}
	return missing
}

// mentions reports whether a text has a name within backquotes.
func mentions(text, name string) bool {
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 && slices.Contains(strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune(" ()*[],", r) }), name) {
			return true
		}
	}
	return false
}

// nameOf returns the name of a line, such as Repo.Find of "method (*Repo[T]) Find(...)".
func nameOf(line string) string {
	kind, rest, _ := strings.Cut(line, " ")
	if kind == "method" {
		receiver, method, _ := strings.Cut(rest, ") ")
		rest = strings.TrimLeft(receiver, "(*") + "." + method
		if open := strings.IndexByte(rest, '['); open >= 0 && open < strings.IndexByte(rest, '.') {
			rest = rest[:open] + rest[strings.IndexByte(rest, '.'):]
		}
	}
	if end := strings.IndexAny(rest, " ([="); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// unreleased returns the part of a changelog about the next release.
func unreleased(changelog string) string {
	_, part, _ := strings.Cut(changelog, "\n## Unreleased")
	part, _, _ = strings.Cut(part, "\n## ")
	return part
}
