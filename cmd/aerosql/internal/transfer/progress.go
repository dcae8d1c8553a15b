package transfer

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// newBar returns a bar on a terminal. Elsewhere it shows nothing. total is -1 if it is not known.
func newBar(w io.Writer, what string, total int64, bytes bool) *progressbar.ProgressBar {
	f, isFile := w.(*os.File)
	visible := isFile && term.IsTerminal(int(f.Fd()))
	if !visible {
		w = io.Discard
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(visible), progressbar.OptionSetDescription(what),
		progressbar.OptionThrottle(100 * time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionShowCount(),
		progressbar.OptionFullWidth(), progressbar.OptionShowBytes(bytes),
	}
	if !bytes {
		options = append(options, progressbar.OptionShowIts(), progressbar.OptionSetItsString("records"))
	}
	return progressbar.NewOptions64(total, options...)
}

// A countingReader moves a bar as it is read.
type countingReader struct {
	io.Reader
	bar *progressbar.ProgressBar
}

func (r countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	_ = r.bar.Add(n)
	return n, err
}
