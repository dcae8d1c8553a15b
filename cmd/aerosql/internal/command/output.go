package command

import (
	"io"
	"os"
	"sync"
)

// An Output is what a command prints. It keeps the first error of a write, so that a command whose
// output is lost, as on a full disk, fails.
type Output struct {
	w   io.Writer
	mu  sync.Mutex
	err error
}

// NewOutput returns an output that writes to w.
func NewOutput(w io.Writer) *Output { return &Output{w: w} }

func (o *Output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.err == nil {
			o.err = err
		}
	}
	return n, err
}

// Err returns the first error of a write.
func (o *Output) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// FileOf returns the file that a reader or a writer is, such as one of an Env, or nil.
func FileOf(x any) *os.File {
	if o, isOutput := x.(*Output); isOutput {
		x = o.w
	}
	f, _ := x.(*os.File)
	return f
}
