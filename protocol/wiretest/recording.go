package wiretest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
)

// A Scenario is a recorded sequence of requests, each of which can depend on the previous ones.
type Scenario struct {
	Name   string
	Frames []Frame
}

// Category returns the part of the name before the slash, such as "list".
func (s *Scenario) Category() string {
	category, _, _ := strings.Cut(s.Name, "/")
	return category
}

// A Frame is one request and all messages of the response.
type Frame struct {
	Request, Response []byte
}

// UnmarshalJSON decodes the form of a frame in a recording: two hexadecimal strings.
func (f *Frame) UnmarshalJSON(data []byte) error {
	var pair [2]string
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	var errRequest, errResponse error
	f.Request, errRequest = hex.DecodeString(pair[0])
	f.Response, errResponse = hex.DecodeString(pair[1])
	return errors.Join(errRequest, errResponse)
}

// samples has some frames of each category, from the recordings in integration/testdata and from
// recorded queries, info and administration messages.
//
//go:embed samples.jsonl.gz
var samples []byte

// Samples returns several hundred recorded frames as seeds for fuzz targets: those of the
// categories, or all. The categories are scalar, policy, list, map, bit, hll, exp, expwrite, batch,
// rows (a batch with rows of all kinds), udf, udfcall, query, info and admin.
func Samples(categories ...string) (frames []Frame) {
	err := linesOf(bytes.NewReader(samples), "samples.jsonl.gz", func(line []byte) bool {
		s := new(Scenario)
		if err := json.Unmarshal(line, s); err != nil {
			panic(err) // the file is embedded
		}
		if len(categories) == 0 || slices.Contains(categories, s.Category()) {
			frames = append(frames, s.Frames...)
		}
		return true
	})
	if err != nil {
		panic(err)
	}
	return frames
}

// Scenarios reads a recording, which is compressed if the file name ends in ".gz". An error ends
// the iteration.
func Scenarios(file string) iter.Seq2[*Scenario, error] {
	return func(yield func(*Scenario, error) bool) {
		err := eachLine(file, func(line []byte) bool {
			s := new(Scenario)
			if err := json.Unmarshal(line, s); err != nil {
				return yield(nil, fmt.Errorf("%s: %w", file, err))
			}
			return yield(s, nil)
		})
		if err != nil {
			yield(nil, err)
		}
	}
}

func eachLine(file string, visit func(line []byte) bool) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return linesOf(f, file, visit)
}

func linesOf(r io.Reader, file string, visit func(line []byte) bool) (err error) {
	if strings.HasSuffix(file, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	lines := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 && !visit(line) {
			return nil
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
}
