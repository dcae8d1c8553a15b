package command

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// helpWidth is the width of help texts in columns.
const helpWidth = 80

// writeHelp prints the help of a command.
func (p *Program) writeHelp(w io.Writer, c *Command) {
	fmt.Fprintf(w, "usage: %s\n\n", c.synopsis(p.Name))
	writeParagraphs(w, c.Help)
	if len(c.Forms) > 0 {
		fmt.Fprint(w, "\nCommands:\n")
		for _, f := range c.Forms {
			fmt.Fprintf(w, "  %-32s %s\n", f.Words, f.Summary)
		}
	}
	titles, flags := c.groupedFlags()
	for i, title := range titles {
		fmt.Fprintf(w, "\n%s:\n", title)
		for _, f := range flags[i] {
			fmt.Fprintf(w, "  %s\n%s", f.head(), wrap(f.usage, "        "))
		}
	}
	fmt.Fprint(w, "\nExamples:\n")
	for _, e := range c.Examples {
		fmt.Fprintf(w, "  %s\n%s", e.Line, wrap(e.Summary, "        "))
	}
	fmt.Fprint(w, "\nExit codes:\n")
	for _, e := range c.exits() {
		fmt.Fprintf(w, "  %-4d %s\n", e.Code, strings.TrimSpace(wrap(e.Meaning, "       ")))
	}
}

// head returns the flag with its argument.
func (f flagInfo) head() string {
	if f.argument == "" {
		return "-" + f.name
	}
	return "-" + f.name + " " + f.argument
}

// writeParagraphs prints a help text.
func writeParagraphs(w io.Writer, text string) {
	for i, p := range paragraphs(text) {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if p.verbatim {
			fmt.Fprintln(w, p.text)
		} else {
			fmt.Fprint(w, wrap(p.text, ""))
		}
	}
}

// wrap breaks a text into lines that begin with an indentation.
func wrap(text, indent string) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		width := utf8.RuneCountInString(word)
		switch {
		case column == 0:
			b.WriteString(indent)
			column = len(indent)
		case column+1+width > helpWidth:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += width
	}
	if column > 0 {
		b.WriteByte('\n')
	}
	return b.String()
}
