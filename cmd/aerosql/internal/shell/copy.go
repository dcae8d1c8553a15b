package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/transfer"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/internal/recordfile"
)

// copyForm is the form of \copy.
const copyForm = `\copy TABLE FROM FILE, \copy TABLE TO FILE or \copy (QUERY) TO FILE`

// metaCopy loads a file into a table, or writes a table or the rows of a query to a file.
func (s *shell) metaCopy(ctx context.Context, args string) error {
	source, direction, file, err := parseCopy(args)
	if err != nil {
		return err
	}
	if query, isQuery := strings.CutPrefix(source, "("); isQuery {
		if direction == "FROM" {
			return fmt.Errorf("a query can't be loaded; use %s", copyForm)
		}
		return s.copyQuery(ctx, strings.TrimSuffix(query, ")"), file)
	}
	ctx, end := s.untilInterrupt(ctx)
	defer end()
	if direction == "FROM" {
		return s.copyFrom(ctx, source, file)
	}
	return s.copyTo(ctx, source, file)
}

// parseCopy parses the arguments of \copy.
func parseCopy(args string) (source, direction, file string, err error) {
	upper := strings.ToUpper(args)
	for _, word := range []string{"FROM", "TO"} {
		at := strings.LastIndex(upper, " "+word+" ")
		if at < 0 || word == "FROM" && strings.HasPrefix(args, "(") {
			continue
		}
		source, file = strings.TrimSpace(args[:at]), unquote(strings.TrimSpace(args[at+len(word)+2:]))
		if source != "" && file != "" {
			return source, word, file, nil
		}
	}
	return "", "", "", fmt.Errorf("use %s", copyForm)
}

// copyQuery writes the rows of a query to a file.
func (s *shell) copyQuery(ctx context.Context, query, file string) (err error) {
	format, known := map[string]output.Format{
		".csv": output.CSV, ".json": output.JSON, ".jsonl": output.Lines, ".ndjson": output.Lines, ".md": output.Markdown, ".txt": output.Table,
	}[strings.ToLower(filepath.Ext(file))]
	if !known {
		return fmt.Errorf("%s: the rows of a query are written to files .csv, .json, .jsonl, .md and .txt", file)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	before, wasOut, interactive := s.format, s.out, s.interactive
	s.format, s.out, s.interactive = format, f, false
	err = s.execute(ctx, query)
	s.format, s.out, s.interactive = before, wasOut, interactive
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		s.note("Written to %s.\n", file)
	}
	return err
}

// copyFrom loads a file into a table.
func (s *shell) copyFrom(ctx context.Context, table, file string) (err error) {
	format, known := recordfile.FormatOf(file)
	if !known {
		return fmt.Errorf("%s: files that can be loaded are .csv, .jsonl and .asb", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	client, err := driver.Client(ctx, s.db)
	if err != nil {
		return err
	}
	namespace, set := s.split(table)
	counts, err := transfer.Load(ctx, client, f, transfer.LoadOptions{
		Format: format, Namespace: namespace, Set: set, Exists: transfer.Replace, NoGlobals: true,
		Refused: func(line int, _, reason string) error {
			fmt.Fprintf(s.env.Err, "refused: line %d: %s\n", line, output.Printable(reason))
			return nil
		},
		Progress: func(int) {},
	})
	s.note("%s\n", counts)
	return err
}

// copyTo writes the records of a table to a file.
func (s *shell) copyTo(ctx context.Context, table, file string) (err error) {
	format, known := recordfile.FormatOf(file)
	if !known {
		return fmt.Errorf("%s: a table is written to files .csv, .jsonl and .asb", file)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	client, err := driver.Client(ctx, s.db)
	if err != nil {
		return err
	}
	namespace, set := s.split(table)
	counts, err := transfer.Dump(ctx, client, f, transfer.DumpOptions{
		Format: format, Namespace: namespace, Set: set, NoGlobals: true, Warn: func(string) {}, Progress: func(int) {},
		Refused: func(key, reason string) error {
			fmt.Fprintf(s.env.Err, "refused: %s: %s\n", output.Printable(key), output.Printable(reason))
			return nil
		},
	})
	s.note("%s written to %s\n", plural(counts.Written, "record"), file)
	return err
}

// split returns the namespace and the set of a table.
func (s *shell) split(table string) (namespace, set string) {
	namespace, set, dotted := strings.Cut(table, ".")
	if !dotted {
		namespace, set = s.cfg.Namespace, table
	}
	return strings.Trim(namespace, "`\""), strings.Trim(set, "`\"")
}
