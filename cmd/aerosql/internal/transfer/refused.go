package transfer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
)

// refusals writes what was refused: to a file as lines of JSON, or the first ones to standard
// error.
type refusals struct {
	path   string
	file   *os.File
	stderr io.Writer
	count  int64
}

// maxShown is the number of refused entries that are shown without a file.
const maxShown = 10

// A refusal is a line of the file.
type refusal struct {
	Line  int    `json:"line,omitempty"`
	Key   string `json:"key,omitempty"`
	Error string `json:"error"`
}

// write writes one entry.
func (r *refusals) write(line int, key, reason string) (err error) {
	r.count++
	if r.path == "" {
		if r.count <= maxShown {
			place := key
			if line > 0 {
				place = fmt.Sprintf("line %d", line)
			}
			fmt.Fprintf(r.stderr, "refused: %s: %s\n", output.Printable(place), output.Printable(reason))
		}
		return nil
	}
	if r.file == nil {
		if r.file, err = os.Create(r.path); err != nil {
			return err
		}
	}
	text, err := json.Marshal(refusal{line, key, reason})
	if err == nil {
		_, err = r.file.Write(append(text, '\n'))
	}
	return err
}

// close closes the file.
func (r *refusals) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// where says where the refused entries are listed.
func (r *refusals) where() string {
	switch {
	case r.count == 0:
	case r.path != "":
		return ", listed in " + r.path
	case r.count > maxShown:
		return ", of which the first are shown; -errors lists all in a file"
	}
	return ""
}

// joinClose adds the error of closing to the error of a function.
func joinClose(err *error, c io.Closer) { *err = errors.Join(*err, c.Close()) }
