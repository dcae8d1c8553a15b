package function

import (
	"fmt"
	"strings"
)

// Markdown returns the functions and the aggregates as Markdown: a section for each group, which
// says what is left to the servers, with a table of the functions, what they do, and an example
// with its result.
func Markdown() string {
	var b strings.Builder
	group := ""
	for _, f := range functions {
		if f.Group != group {
			group = f.Group
			writeHeading(&b, group, "Function", onServers[group])
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
	writeHeading(&b, "Aggregates", "Aggregate", "")
	for _, a := range aggregates {
		writeRow(&b, signature(a.Name, a.Params), a.Aliases, a.Doc, a.Example, a.ExampleResult)
	}
	b.WriteString("\nThe examples of aggregates are of four rows in which x is 4, 1, 2 and 2. Aggregates leave NULLs out.\n")
	return b.String()
}

// onServers says, for each group, why conditions with its other functions are not left to the
// servers.
var onServers = map[string]string{
	groupBits: "In conditions the client computes the functions that return a new blob, and those of offsets that count from the end, which the " +
		"servers read in another way.",
	groupConditional: "Conditions with these functions are left to the servers as the CASE that they are, from version 5.6, if the arguments " +
		"are; GREATEST and LEAST for two arguments of declared types.",
	groupTime: "The servers have no calendar, so the client computes these functions of columns. Those of constants are computed once.",
	groupGeo:  "The client computes these functions, because the servers compare the center of a cell of about a centimeter. A geo index is used.",
	groupList: "The servers can compute the size, an element at an index or of a rank, and LIST_CONTAINS. The other functions return new lists, or follow the order and the equality of SQL, which those of the servers are not.",
	groupMap:  "The servers can compute the size, the value of a key or of a rank, and MAP_HAS_KEY. The other functions return new collections, or follow the equality of SQL, which that of the servers is not.",
	groupNumber: "The client computes powers, roots and logarithms, whose last digits can be others on the servers, and trigonometry, which the " +
		"servers do not have.",
	groupSession: "These functions have one value for a statement, except for UUID. TYPEOF of a bin is left to the servers from version 5.6.",
	groupText: "Servers up to version 8.1.2 have no functions of texts. STARTS_WITH is a range there. `LOWER(s) = 'x'`, `UPPER(s) = 'X'`, " +
		"`LEFT(s, n) = 'x'` and `SUBSTR(s, 1, n) = 'x'`, also with IN, and LIKE of the first two are checked by the servers in part.",
}

func writeHeading(b *strings.Builder, group, what, note string) {
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	fmt.Fprintf(b, "### %s\n\n", group)
	if note != "" {
		fmt.Fprintf(b, "%s\n\n", note)
	}
	fmt.Fprintf(b, "| %s | Result | Example |\n|---|---|---|\n", what)
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
