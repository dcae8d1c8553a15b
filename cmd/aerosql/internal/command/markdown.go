package command

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the commands and topics as sections of a page in Markdown.
func (p *Program) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| Command | |\n|---|---|\n")
	for _, c := range p.Commands {
		fmt.Fprintf(&b, "| [%s](#%s-%s) | %s |\n", c.Name, p.Name, c.Name, cell(c.Summary))
	}
	for _, t := range p.Topics {
		fmt.Fprintf(&b, "\n## %s\n", t.Title)
		markdownParagraphs(&b, t.Text)
	}
	b.WriteString("\n## Exit codes\n\n| Code | Meaning |\n|---|---|\n")
	for _, e := range exits {
		fmt.Fprintf(&b, "| %d | %s |\n", e.Code, cell(e.Meaning))
	}
	for i := range p.Commands {
		p.markdownCommand(&b, &p.Commands[i])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (p *Program) markdownCommand(b *strings.Builder, c *Command) {
	fmt.Fprintf(b, "\n## %s %s\n\n```text\n%s\n```\n", p.Name, c.Name, c.synopsis(p.Name))
	markdownParagraphs(b, c.Help)
	if len(c.Forms) > 0 {
		b.WriteString("\n| Command | |\n|---|---|\n")
		for _, f := range c.Forms {
			fmt.Fprintf(b, "| `%s` | %s |\n", cell(f.Words), cell(f.Summary))
		}
	}
	titles, flags := c.groupedFlags()
	if len(titles) > 0 {
		b.WriteString("\n| Flag | |\n|---|---|\n")
	}
	for i, title := range titles {
		if len(titles) > 1 {
			fmt.Fprintf(b, "| **%s** | |\n", title)
		}
		for _, f := range flags[i] {
			fmt.Fprintf(b, "| `%s` | %s |\n", cell(f.head()), cell(f.usage))
		}
	}
	b.WriteString("\n```text\n")
	for _, e := range c.Examples {
		fmt.Fprintf(b, "%s\n%s", e.Line, wrap(e.Summary, "    "))
	}
	b.WriteString("```\n")
	for _, e := range c.Exits {
		fmt.Fprintf(b, "\nExit code %d: %s.\n", e.Code, e.Meaning)
	}
}

func markdownParagraphs(b *strings.Builder, text string) {
	for _, p := range paragraphs(text) {
		if p.verbatim {
			fmt.Fprintf(b, "\n```text\n%s\n```\n", p.text)
		} else {
			fmt.Fprintf(b, "\n%s\n", escapeMarkdown(p.text))
		}
	}
}

var markdownEscapes = strings.NewReplacer("<", "&lt;", "*", `\*`)

func escapeMarkdown(text string) string { return markdownEscapes.Replace(text) }

// cell escapes the text of a cell of a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
