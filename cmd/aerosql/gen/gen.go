package gen

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// DefaultFile is the name of the file that is written.
const DefaultFile = "aerosql_fields.go"

// ErrDiffers is the error of a check for a file that is not what the command would write.
var ErrDiffers = errors.New("the file is out of date; run aerosql gen")

// Options are the flags of the command.
type Options struct {
	// Types are the struct types, separated by commas; default all with a tag as or asm.
	Types string
	// Output is the file to write; default DefaultFile in the directory.
	Output string
	// Check writes nothing. The error is ErrDiffers if the file would change.
	Check bool
	// Directory is that of the package; default the current one.
	Directory string
	// Tables are the tables and sets, separated by commas, for RunTables; default all.
	Tables string
	// Package is the name of the package, for RunTables; default that of the directory's files, or
	// the name of the directory.
	Package string
}

// Run writes the file, and prints its name if it has changed.
func Run(ctx context.Context, o Options, stdout io.Writer) error {
	dir := cmp.Or(o.Directory, ".")
	file := cmp.Or(o.Output, filepath.Join(dir, DefaultFile))
	source, err := Source(ctx, dir, filepath.Base(file), split(o.Types))
	if err != nil {
		return err
	}
	return write(file, source, o.Check, stdout)
}

// write writes a file, and prints its name, if it has changed. With check it only compares.
func write(file string, source []byte, check bool, stdout io.Writer) error {
	old, err := os.ReadFile(file)
	switch {
	case check && (err != nil || !bytes.Equal(old, source)):
		return fmt.Errorf("%s: %w", file, ErrDiffers)
	case check, err == nil && bytes.Equal(old, source):
		return nil
	}
	fmt.Fprintln(stdout, file)
	return os.WriteFile(file, source, 0o644)
}

func split(names string) []string {
	return strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' })
}

// Source returns the file for types of the package in a directory. The file of the given name is
// not read: it is the one to be written. No names mean all structs with a tag as or asm.
func Source(ctx context.Context, dir, file string, names []string) ([]byte, error) {
	p, err := load(ctx, dir, file)
	if err != nil {
		return nil, err
	}
	structs, err := p.structs(names)
	if err != nil {
		return nil, err
	}
	return p.render(structs)
}
