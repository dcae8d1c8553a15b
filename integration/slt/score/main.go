// Command score runs sqllogictest files and prints a table of right, wrong and refused answers.
//
//	go run ./slt/score [flags] FILE|DIRECTORY...
package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	_ "github.com/aerosql/aerosql/cluster/devserver/mem"
	_ "github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/integration/slt"
)

// A command has the flags and the output.
type command struct {
	dsn      string
	max      int
	verbose  bool
	files    int
	clauses  int
	minimum  float64
	optional bool
	out      io.Writer
}

func main() {
	c := command{out: os.Stdout}
	flag.StringVar(&c.dsn, "dsn", "", "data source `name` of a server; if empty each file has an in-process one")
	flag.IntVar(&c.max, "max", 0, "run at most this many queries of each file")
	flag.BoolVar(&c.verbose, "v", false, "print the failing statements")
	flag.IntVar(&c.files, "parallel", 2, "run this many files at a time")
	flag.IntVar(&c.clauses, "clauses", 30, "print this many kinds of refusals")
	flag.Float64Var(&c.minimum, "min", 95, "fail if fewer `percent` of the queries are right")
	flag.BoolVar(&c.optional, "optional", false, "succeed if there are no files")
	flag.Parse()
	if err := c.run(context.Background(), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
}

func (c *command) run(ctx context.Context, names []string) error {
	paths, err := find(names)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		if c.optional {
			fmt.Fprintln(c.out, "skipped: no files at", strings.Join(names, " "))
			return nil
		}
		return errors.New("no files")
	}
	fmt.Fprintf(c.out, "%8s %8s %6s %8s %6s %6s  file\n", "queries", "right", "wrong", "refused", "stmts", "s")
	files := c.files
	if c.dsn != "" {
		files = 1 // the files use the same names of tables
	}
	var (
		total slt.Score
		fails []error
		mu    sync.Mutex
		wg    sync.WaitGroup
		turn  = make(chan struct{}, max(1, files))
	)
	for i, path := range paths {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			start := time.Now()
			var log bytes.Buffer
			score, err := c.file(ctx, i, path, &log)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				fails = append(fails, err)
				return
			}
			c.line(score, path, time.Since(start))
			c.out.Write(log.Bytes())
			total.Add(score)
		})
	}
	wg.Wait()
	c.line(total, fmt.Sprintf("total of %d files", len(paths)), 0)
	c.refusals(total)
	fmt.Fprintf(c.out, "slt: right %d wrong %d refused %d\n", total.Right, total.Wrong, total.Refused)
	return errors.Join(append(fails, c.verdict(total))...)
}

// find returns the test files of files and directories. Names that don't exist are left out.
func find(names []string) (paths []string, err error) {
	for _, name := range names {
		err = filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(strings.TrimSuffix(path, ".gz"), ".test") {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return paths, nil
}

// file runs a file. Its in-process server is dropped when the database is closed.
func (c *command) file(ctx context.Context, i int, path string, log io.Writer) (slt.Score, error) {
	records, err := slt.ReadFile(path)
	if err != nil {
		return slt.Score{}, err
	}
	dsn := c.dsn
	if dsn == "" {
		dsn = fmt.Sprintf("aerospike+mem://slt%d/test", i)
	}
	db, err := sql.Open("aerospike", dsn)
	if err != nil {
		return slt.Score{}, err
	}
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return slt.Score{}, fmt.Errorf("%s: %w", path, err)
	}
	options := slt.Options{Max: c.max}
	if c.verbose {
		options.Log = log
	}
	if c.dsn != "" {
		slt.Drop(ctx, db, records)
	}
	return slt.Run(ctx, db, records, options), nil
}

func (c *command) line(s slt.Score, name string, took time.Duration) {
	fmt.Fprintf(c.out, "%8d %8d %6d %8d %6d %6.1f  %s\n", s.Queries, s.Right, s.Wrong, s.Refused,
		s.Statements, took.Seconds(), name)
}

// refusals prints the kinds of refusals, the most frequent first.
func (c *command) refusals(s slt.Score) {
	names := slices.SortedFunc(maps.Keys(s.Clauses), func(a, b string) int {
		if s.Clauses[a] != s.Clauses[b] {
			return s.Clauses[b] - s.Clauses[a]
		}
		return strings.Compare(a, b)
	})
	for _, name := range names[:min(len(names), c.clauses)] {
		fmt.Fprintf(c.out, "%8d  %s\n", s.Clauses[name], name)
	}
}

// verdict returns an error if an answer is wrong or too few are right.
func (c *command) verdict(s slt.Score) error {
	if s.Wrong > 0 {
		return fmt.Errorf("%d answers are wrong", s.Wrong)
	}
	if percent := 100 * float64(s.Right) / float64(max(1, s.Queries)); percent < c.minimum {
		return fmt.Errorf("%.2f %% of the answers are right, fewer than %.2f %%", percent, c.minimum)
	}
	return nil
}
