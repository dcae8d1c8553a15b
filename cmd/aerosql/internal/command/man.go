package command

import (
	"fmt"
	"io"
	"strings"
)

// WriteMan writes the man page of the program, in the form that man and groff read.
func (p *Program) WriteMan(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1\n.SH NAME\n%s \\- %s\n", strings.ToUpper(p.Name), roff(p.Name), roff(p.Summary))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n.I command\n[flags] [arguments]\n", roff(p.Name))
	b.WriteString(".SH COMMANDS\n")
	for i := range p.Commands {
		c := &p.Commands[i]
		fmt.Fprintf(&b, ".SS %s\n.B %s\n", roff(c.Name), roff(c.synopsis(p.Name)))
		manParagraphs(&b, c.Help)
		for _, f := range c.Forms {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(f.Words), roff(f.Summary))
		}
		titles, flags := c.groupedFlags()
		for j, title := range titles {
			fmt.Fprintf(&b, ".PP\n%s:\n", roff(title))
			for _, f := range flags[j] {
				fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(f.head()), roff(f.usage))
			}
		}
		b.WriteString(".PP\nExamples:\n")
		for _, e := range c.Examples {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(e.Line), roff(e.Summary))
		}
		for _, e := range c.Exits {
			fmt.Fprintf(&b, ".PP\nExit code %d: %s\n", e.Code, roff(e.Meaning))
		}
	}
	for _, t := range p.Topics {
		fmt.Fprintf(&b, ".SH %s\n", strings.ToUpper(roff(t.Title)))
		manParagraphs(&b, t.Text)
	}
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range exits {
		fmt.Fprintf(&b, ".TP\n%d\n%s\n", e.Code, roff(e.Meaning))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func manParagraphs(b *strings.Builder, text string) {
	for _, p := range paragraphs(text) {
		if p.verbatim {
			fmt.Fprintf(b, ".PP\n.nf\n%s\n.fi\n", roff(p.text))
		} else {
			fmt.Fprintf(b, ".PP\n%s\n", roff(p.text))
		}
	}
}

var roffEscapes = strings.NewReplacer(`\`, `\e`, "-", `\-`)

// roff escapes a text. A line that begins with a period or a quote would be a request.
func roff(text string) string {
	lines := strings.Split(roffEscapes.Replace(text), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
