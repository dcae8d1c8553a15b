package gen

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// defaultFile is the name of the file that is written.
const defaultFile = "aerosql_fields.go"

// ErrUsage means invalid arguments. Flags has printed the error already.
var ErrUsage = errors.New("usage")

// ErrDiffers is the error of -check for a file that is not what the command would write.
var ErrDiffers = errors.New("the file is out of date; run aerosql gen")

// Run runs the command with the arguments after its name.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("aerosql gen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, "usage: aerosql gen [flags] [directory of a package]\n\nwrites the typed fields of structs for package mapper\n\nflags:\n")
		flags.PrintDefaults()
	}
	typeNames := flags.String("type", "", "the struct types, separated by commas; default: all with a tag as or asm")
	output := flags.String("o", "", "the file to write; default: "+defaultFile+" in the package's directory")
	check := flags.Bool("check", false, "write nothing; fail if the file is not what would be written")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return ErrUsage
	}
	if flags.NArg() > 1 {
		fmt.Fprintln(stderr, "aerosql gen: more than one directory")
		return ErrUsage
	}
	dir := "."
	if flags.NArg() == 1 {
		dir = flags.Arg(0)
	}
	file := *output
	if file == "" {
		file = filepath.Join(dir, defaultFile)
	}
	source, err := Source(ctx, dir, filepath.Base(file), split(*typeNames))
	if err != nil {
		return err
	}
	old, err := os.ReadFile(file)
	switch {
	case *check && (err != nil || !bytes.Equal(old, source)):
		return fmt.Errorf("%s: %w", file, ErrDiffers)
	case *check, err == nil && bytes.Equal(old, source):
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
