package shell

import (
	"bufio"
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
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	var b buffer
	for lines.Scan() && !s.stopped() {
		s.feed(ctx, &b, lines.Text(), source)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if !s.stopped() && !parse.IsBlank(b.text) {
		s.run(ctx, b.text, source, b.line)
	}
	return nil
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
	b.next++
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
