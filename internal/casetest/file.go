package casetest

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

var update = flag.Bool("update", false, "write the outcomes of cases anew")

// A Case is one case of a file.
type Case struct {
	// Text is the call or expression as written in the file. Want is the expected outcome.
	Text, Want string
	// Given are the bins of the case. For a call there is one bin without a name, or none if the
	// bin is missing.
	Given protocol.Bins
	// Names are the definitions in the file.
	Names *Names
}

// separator separates a case from its outcome.
const separator = "\n----\n"

// Run runs every case of a file as a subtest. run returns the outcome of a case, which must equal
// the one in the file. With the flag -update Run writes the outcomes to the file instead. It
// returns the number of cases.
func Run(t *testing.T, path string, run func(t *testing.T, c Case) string) (cases int) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var out strings.Builder
	f := file{names: new(Names)}
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		block = strings.Trim(block, "\n")
		c, ok, err := f.read(block)
		require.NoError(t, err, block)
		if ok {
			cases++
			got := c.Want
			t.Run(name(c.Text), func(t *testing.T) {
				got = run(t, c)
				if !*update {
					require.Equal(t, c.Want, got, "%s\n%s", f.givenText, c.Text)
				}
			})
			block = c.Text + separator + got
		}
		out.WriteString(block + "\n\n")
	}
	writeFile(t, path, out.String())
	return cases
}

// name returns text in a form that can be the name of a subtest.
func name(text string) string {
	const longest = 60
	return text[:min(len(text), longest)]
}

// A file is the state of reading a file.
type file struct {
	names     *Names
	given     protocol.Bins
	givenText string
}

// read parses a block. ok reports whether it is a case.
func (f *file) read(block string) (c Case, ok bool, err error) {
	word, rest, _ := strings.Cut(block, " ")
	switch {
	case strings.HasPrefix(block, "#"):
		return c, false, nil
	case word == "define":
		return c, false, f.names.define(rest)
	case word == "given":
		f.givenText = block
		f.given, err = f.names.bins(rest)
		return c, false, err
	}
	text, want := cut(block)
	return Case{Text: text, Want: want, Given: f.given, Names: f.names}, true, nil
}

// bins parses a given block.
func (n *Names) bins(text string) (bins protocol.Bins, err error) {
	p := newParser(text, n)
	defer p.recover(&err)
	if p.accept("missing") {
		p.end()
		return nil, nil
	}
	if !p.isAssignment() {
		v := p.value()
		p.end()
		return protocol.Bins{{Value: v}}, nil
	}
	for p.kind != endOfText {
		name := p.text
		p.expectKind(word)
		p.expect("=")
		bins = append(bins, protocol.Bin{Name: name, Value: p.value()})
	}
	return bins, nil
}

// Names are the definitions in a file.
type Names struct {
	order  []string
	values map[string]protocol.Value
}

func (n *Names) define(text string) (err error) {
	name, rest, ok := strings.Cut(text, " = ")
	if !ok {
		return fmt.Errorf("definition without a value: %s", text)
	}
	v, err := n.Value(rest)
	if err != nil {
		return err
	}
	if n.values == nil {
		n.values = make(map[string]protocol.Value)
	}
	n.order = append(n.order, name)
	n.values[name] = v
	return nil
}

// Outcome formats the outcome of a call on a bin: the bin's new value and the result. before and
// after are nil if the bin does not exist.
func (n *Names) Outcome(before, after, result protocol.Value, code protocol.ResultCode) string {
	if code != protocol.OK {
		return Failure(code)
	}
	text := n.Show(after)
	switch {
	case same(before, after):
		text = "same"
	case after.IsNil():
		text = "missing"
	}
	if !result.IsNil() {
		text += " -> " + n.Show(result)
	}
	return text
}

// Failure formats the outcome of a call that failed.
func Failure(code protocol.ResultCode) string { return "error " + code.String() }

// same reports whether two values are identical, including their order flags, which Equal ignores.
func same(a, b protocol.Value) bool { return new(Names).Show(a) == new(Names).Show(b) }
