package function

import (
	"fmt"
	"strings"
)

// Markdown returns the functions and the aggregates as Markdown: a section for each group with a
// table of the functions, what they do, and an example with its result.
func Markdown() string {
	var b strings.Builder
	group := ""
	for _, f := range functions {
		if f.Group != group {
			group = f.Group
			writeHeading(&b, group, "Function")
		}
		doc := f.Doc
		if f.Volatile {
			doc += " Each call gives another value."
		}
		if f.Lower != nil {
			doc += " Conditions with it can be left to the servers."
		}
		writeRow(&b, signature(f.Name, f.Params), f.Aliases, doc, f.Example, f.ExampleResult)
	}
	writeHeading(&b, "Aggregates", "Aggregate")
	for _, a := range aggregates {
		writeRow(&b, signature(a.Name, a.Params), a.Aliases, a.Doc, a.Example, a.ExampleResult)
	}
	b.WriteString("\nThe examples of aggregates are of four rows in which x is 4, 1, 2 and 2. Aggregates leave NULLs out.\n")
	return b.String()
}

func writeHeading(b *strings.Builder, group, what string) {
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	fmt.Fprintf(b, "### %s\n\n| %s | Result | Example |\n|---|---|---|\n", group, what)
}

func writeRow(b *strings.Builder, signature string, aliases []string, doc, example, result string) {
	name := code(signature)
	if len(aliases) > 0 {
		name += ", also " + code(strings.Join(aliases, "`, `"))
	}
	example = code(example)
	if result != "" {
		example += " is " + code(result)
	}
	fmt.Fprintf(b, "| %s | %s | %s |\n", name, strings.ReplaceAll(doc, "|", `\|`), example)
}

// code returns a text as code in a cell of a table.
func code(text string) string { return "`" + strings.ReplaceAll(text, "|", `\|`) + "`" }

// signature returns a function with its parameters: SUBSTR(s, start[, length]).
func signature(name string, params []Parameter) string {
	var b strings.Builder
	b.WriteString(name + "(")
	optional := 0
	for i, p := range params {
		switch {
		case p.Optional && i > 0:
			b.WriteString("[, ")
			optional++
		case p.Optional:
			b.WriteString("[")
			optional++
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(p.Name)
		if p.Variadic {
			b.WriteString(", ...")
		}
	}
	return b.String() + strings.Repeat("]", optional) + ")"
}
