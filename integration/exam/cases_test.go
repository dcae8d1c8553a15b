package exam

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// An example is a case of the file. Its lines:
//
//	@ name [goal] [surprise] [dsn:key=value]  begins a case
//	? reason                                  why the result is right
//	+ [nokey] key : bins                      a record of the case's own set $W
//	+ set "name" key : bins                   a record of another set
//	> SELECT ...                              a query, continued by lines that begin with a space
//	! UPDATE ...                              a statement without rows
//	% values                                  the arguments
//	= (1, "x") (nil, 2.5)                     the rows in any order; =! in this order; = none
//	= ok, = affected 3                        the result of a statement
//	= error kind|kind "text"                  the error
//	= columns "a" "b"                         the names of the columns
type example struct {
	name, dsn, why string
	line           int
	records        []record
	steps          []*step
}

type record struct {
	set   string
	named bool // whether the set is named in the case
	key   any
	noKey bool
	bins  protocol.Bins
}

type step struct {
	exec        bool
	text        string
	args        []any
	err, errHas string
	affected    int64 // -1 if any number is right
	rows        []string
	anyRows     bool
	columns     []string
	ordered     bool
}

func readCases(t *testing.T, path string) []*example {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var examples []*example
	for i, line := range strings.Split(string(text), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '@' {
			examples = append(examples, &example{line: i + 1})
		}
		require.NoError(t, examples[len(examples)-1].add(line), "line %d", i+1)
	}
	return examples
}

// add adds a line of the file to a case.
func (x *example) add(line string) (err error) {
	rest := strings.TrimSpace(line[1:])
	if strings.IndexByte("% \t=", line[0]) >= 0 && len(x.steps) == 0 {
		return fmt.Errorf("no statement before %q", line)
	}
	switch line[0] {
	case '@':
		words := strings.Fields(rest)
		x.name = words[0]
		for _, w := range words[1:] {
			if option, ok := strings.CutPrefix(w, "dsn:"); ok {
				x.dsn = option
			}
		}
	case '?':
		x.why = rest
	case '+':
		r, err := parseRecord(rest)
		x.records = append(x.records, r)
		return err
	case '>', '!':
		x.steps = append(x.steps, &step{exec: line[0] == '!', text: rest, affected: -1, anyRows: true})
	case ' ', '\t':
		x.steps[len(x.steps)-1].text += "\n" + rest
	case '%':
		x.steps[len(x.steps)-1].args, err = values(rest)
	case '=':
		return x.steps[len(x.steps)-1].expect(line[1:])
	default:
		return fmt.Errorf("a line can't begin with %q", line[0])
	}
	return err
}

func parseRecord(text string) (r record, err error) {
	left, right, found := strings.Cut(text, " : ")
	if !found {
		return r, fmt.Errorf("no colon in %q", text)
	}
	if left, r.noKey = strings.CutPrefix(left, "nokey "); r.noKey {
		left = strings.TrimSpace(left)
	}
	left, named := strings.CutPrefix(left, "set ")
	key, err := values(left)
	if err != nil {
		return r, err
	}
	if r.named = named; named {
		r.set, key = key[0].(string), key[1:]
	}
	if len(key) != 1 {
		return r, fmt.Errorf("%d keys in %q", len(key), text)
	}
	r.key = key[0]
	bins, err := values(right)
	if err != nil || len(bins)%2 != 0 {
		return r, fmt.Errorf("bins %q: %v", right, err)
	}
	for i := 0; i < len(bins); i += 2 {
		r.bins = append(r.bins, protocol.Bin{Name: bins[i].(string), Value: protocol.ValueOf(bins[i+1])})
	}
	return r, nil
}

// expect reads an expected result.
func (s *step) expect(text string) (err error) {
	text, ordered := strings.CutPrefix(text, "!")
	s.ordered = s.ordered || ordered
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch word {
	case "ok":
	case "none":
		s.anyRows = false
	case "affected":
		s.affected, err = strconv.ParseInt(rest, 10, 64)
	case "error":
		var quoted string
		if s.err, quoted, _ = strings.Cut(rest, " "); quoted != "" {
			s.errHas, err = strconv.Unquote(quoted)
		}
	case "columns":
		names, err := values(strings.ReplaceAll(rest, `" "`, `", "`))
		s.columns = []string{}
		for _, name := range names {
			s.columns = append(s.columns, name.(string))
		}
		return err
	default:
		s.anyRows = false
		return s.expectRows(text)
	}
	return err
}

func (s *step) expectRows(text string) error {
	rows, err := tuples(text)
	if err != nil {
		return err
	}
	for _, row := range rows {
		for i, v := range row {
			if value, ok := v.(protocol.Value); ok && value.Kind() == protocol.KindGeoJSON {
				row[i], _ = value.Text()
			} else if ok {
				row[i] = value.Any()
			}
		}
		s.rows = append(s.rows, printRow(row))
	}
	return nil
}
