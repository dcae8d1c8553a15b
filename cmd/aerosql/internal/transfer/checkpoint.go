package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A checkpoint is the content of a checkpoint file.
type checkpoint struct {
	Command   string `json:"command"`
	File      string `json:"file"`
	Namespace string `json:"namespace"`
	Set       string `json:"set,omitempty"`
	Format    string `json:"format"`

	// Head is the hash of the beginning of a file that is loaded, and Entries the number of its
	// entries that are done.
	Head    string `json:"head,omitempty"`
	Entries int64  `json:"entries,omitempty"`

	// Next is the first partition that is not yet in a file that is written, Bytes the length of
	// the file up to there, and Header that of a CSV file.
	Next    int      `json:"next,omitempty"`
	Bytes   int64    `json:"bytes,omitempty"`
	Records int64    `json:"records,omitempty"`
	Header  []string `json:"header,omitempty"`
}

// errOtherWork means that a checkpoint file is of other work.
var errOtherWork = errors.New("the checkpoint is not of this work; remove it to begin anew")

// readCheckpoint reads a checkpoint file. found is false if it does not exist. One of other work is
// an error.
func readCheckpoint(path string, want checkpoint) (c checkpoint, found bool, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return c, false, fmt.Errorf("%s: %w", path, err)
	}
	if c.Command != want.Command || c.File != want.File || c.Namespace != want.Namespace || c.Set != want.Set || c.Format != want.Format || c.Head != want.Head {
		return c, false, fmt.Errorf("%s: %w", path, errOtherWork)
	}
	return c, true, nil
}

// write replaces the checkpoint file as a whole.
func (c *checkpoint) write(path string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// headLength is the length of the beginning of a file that a checkpoint has the hash of.
const headLength = 4096

// headOf returns the hash of the beginning of a file, and goes back to its start.
func headOf(f *os.File) (string, error) {
	h := sha256.New()
	if _, err := io.CopyN(h, f, headLength); err != nil && err != io.EOF {
		return "", err
	}
	_, err := f.Seek(0, io.SeekStart)
	return hex.EncodeToString(h.Sum(nil)[:8]), err
}
