package shell

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/aerosql/aerosql/querylang/parse"
)

// maxLine is the length of the longest line of a script.
const maxLine = 64 << 20

// script runs the statements and commands of a text. It stops at the first one that fails, unless
// the shell goes on; outcome then returns the error. Its own errors are those of reading.
func (s *shell) script(ctx context.Context, in io.Reader, source string) error {
	before := s.following
	defer func() { s.following = before }()
	s.following = newLines(in)
	return s.lines(ctx, s.following, source)
}

// text runs the statements and commands of a text as script does. The data of a COPY FROM STDIN is
// not part of the text: it is the input of the program.
func (s *shell) text(ctx context.Context, text string) error {
	return s.lines(ctx, newLines(strings.NewReader(text)), "")
}

func (s *shell) lines(ctx context.Context, in *lines, source string) error {
	var b buffer
	for !s.stopped() {
		line, more := in.next()
		if !more {
			break
		}
		b.next = in.read
		s.feed(ctx, &b, strings.TrimSuffix(line, "\r"), source)
	}
	if err := in.Err(); err != nil {
		return err
	}
	if !s.stopped() && !parse.IsBlank(b.text) {
		s.run(ctx, b.text, source, b.line)
	}
	return nil
}

// lines are the lines of a text, without their line feeds.
type lines struct {
	*bufio.Scanner
	read int // the number of lines that were read
}

func newLines(in io.Reader) *lines {
	l := &lines{Scanner: bufio.NewScanner(in)}
	l.Buffer(nil, maxLine)
	l.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			return i + 1, data[:i], nil
		}
		if atEOF && len(data) > 0 {
			return len(data), data, nil
		}
		return 0, nil, nil
	})
	return l
}

func (l *lines) next() (line string, more bool) {
	if !l.Scan() {
		return "", false
	}
	l.read++
	return l.Text(), true
}

// stopped reports whether a script must not go on. What is typed goes on after an error, a file
// does not.
func (s *shell) stopped() bool {
	return s.quit || s.interrupted || (s.files > 0 || !s.interactive) && s.failed && !s.goOn
}

// A buffer is the part of a text that has not run yet.
type buffer struct {
	text string
	line int // the number of lines before it
	next int // the number of lines read
}

// feed adds a line and runs the statements that it completes.
func (s *shell) feed(ctx context.Context, b *buffer, line, source string) {
	if parse.IsBlank(b.text) {
		b.text, b.line = "", b.next-1
		if command := strings.TrimSpace(line); strings.HasPrefix(command, `\`) || s.isToolLine(command) {
			s.meta(ctx, command, source, b.line)
			return
		}
	}
	b.text += line + "\n"
	if !strings.Contains(line, ";") {
		return
	}
	for !s.stopped() {
		first, rest, ended := parse.Split(b.text)
		if !ended {
			return
		}
		at := b.line
		b.line += strings.Count(first, "\n")
		b.text = rest
		if !parse.IsBlank(first) {
			s.run(ctx, first, source, at)
		}
	}
}

// run runs a statement, or what is for the shell itself. line is the number of lines before the
// text.
func (s *shell) run(ctx context.Context, text, source string, line int) {
	start := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	line += strings.Count(text[:start], "\n")
	if text = strings.TrimSpace(text); s.isToolStatement(text) {
		s.meta(ctx, text, source, line)
	} else {
		s.statement(ctx, text, source, line)
	}
}

// statement runs a statement and prints its error.
func (s *shell) statement(ctx context.Context, text, source string, line int) {
	s.last = text
	if s.echo {
		s.print(strings.TrimSpace(text) + "\n")
	}
	if err := s.execute(ctx, text); err != nil {
		s.report(err, source, line)
	}
}
