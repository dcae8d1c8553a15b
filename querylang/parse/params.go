package parse

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// A ParamStyle is the style of a statement's parameters. A statement uses only one style.
type ParamStyle uint8

// The styles.
const (
	NoParams       ParamStyle = iota
	QuestionParams            // ?, for the next argument
	NumberedParams            // $1, which can be used more than once
	NamedParams               // :name or @name
)

// maxParams is the maximum number of arguments, and of n in $n.
const maxParams = 65535

// Params describes the parameters of a statement.
type Params struct {
	Style ParamStyle
	// Count is the number of arguments.
	Count int
	// Names are the names of named parameters, in the order of Bind's result.
	Names []string

	index map[string]int // of Names
}

// An Arg is an argument for a parameter.
type Arg struct {
	// Name is the name of the argument's parameter, or "" for an argument by position.
	Name  string
	Value protocol.Value
}

// Index returns the index of a named parameter in Names.
func (p Params) Index(name string) (index int, ok bool) {
	if p.index == nil && len(p.Names) > 0 { // not made by the parser
		index = slices.Index(p.Names, name)
		return index, index >= 0
	}
	index, ok = p.index[name]
	return index, ok
}

// Bind returns the arguments' values in the order that plans expect. Too many or too few arguments,
// wrong names and invalid values are errors of kind [ast.ErrArguments].
func (p Params) Bind(args []Arg) ([]protocol.Value, error) {
	return p.Append(make([]protocol.Value, 0, p.Count), args)
}

// Append is [Params.Bind] for a slice that exists: it appends the values. The literals of a shared
// statement (see [Shared]) follow them.
func (p Params) Append(values []protocol.Value, args []Arg) ([]protocol.Value, error) {
	for i := range args {
		if err := args[i].Value.Err(); err != nil {
			return nil, &ast.Error{Kind: ast.ErrArguments, Message: err.Error(), Cause: err}
		}
	}
	if p.Style == NamedParams {
		return p.appendNamed(values, args)
	}
	if len(args) != p.Count {
		return nil, ast.Errorf(ast.ErrArguments, "the statement takes %s, got %d", arguments(p.Count), len(args))
	}
	for _, a := range args {
		if a.Name != "" {
			return nil, ast.Errorf(ast.ErrArguments, "argument %q is named, but the statement's parameters have no names", a.Name)
		}
		values = append(values, a.Value)
	}
	return values, nil
}

func (p Params) appendNamed(values []protocol.Value, args []Arg) ([]protocol.Value, error) {
	start, bound := len(values), make([]bool, p.Count)
	values = append(values, make([]protocol.Value, p.Count)...)
	for n, a := range args {
		i, ok := p.Index(a.Name)
		switch {
		case a.Name == "":
			return nil, ast.Errorf(ast.ErrArguments,
				"argument %d has no name, but the statement's parameters are named: use sql.Named", n+1)
		case !ok:
			return nil, ast.Errorf(ast.ErrArguments, "the statement has no parameter %q, only %s", a.Name, p.someNames())
		case bound[i]:
			return nil, ast.Errorf(ast.ErrArguments, "parameter %q is bound twice", a.Name)
		}
		values[start+i], bound[i] = a.Value, true
	}
	if i := slices.Index(bound, false); i >= 0 {
		return nil, ast.Errorf(ast.ErrArguments,
			"the argument for parameter %q is missing: the statement takes %s, got %d", p.Names[i], arguments(p.Count), len(args))
	}
	return values, nil
}

// someNames returns the first names for an error message.
func (p Params) someNames() string {
	const most = 20
	var quoted []string
	for i, name := range p.Names {
		if i == most {
			return strings.Join(quoted, ", ") + ", ..."
		}
		quoted = append(quoted, strconv.Quote(name))
	}
	return strings.Join(quoted, ", ")
}

// add adds a parameter and returns the index of its argument. If the parameter is invalid problem
// is the error message.
func (p *Params) add(text string) (index int, problem string) {
	style := NamedParams
	switch {
	case text == "?":
		style = QuestionParams
	case text[0] == '?' || text[0] == '$':
		style = NumberedParams
	}
	if p.Style != NoParams && p.Style != style {
		return 0, "a statement can't mix parameters of different styles"
	}
	p.Style = style
	switch style {
	case QuestionParams:
		index = p.Count
		p.Count++
	case NumberedParams:
		n, err := strconv.Atoi(text[1:])
		if err != nil || n < 1 || n > maxParams {
			return 0, "parameters are numbered from $1 to $" + strconv.Itoa(maxParams)
		}
		p.Count = max(p.Count, n)
		return n - 1, ""
	default:
		index = p.addName(text[1:])
	}
	if p.Count > maxParams {
		return 0, "a statement takes at most " + strconv.Itoa(maxParams) + " arguments"
	}
	return index, ""
}

func (p *Params) addName(name string) int {
	if i, ok := p.index[name]; ok {
		return i
	}
	if p.index == nil {
		p.index = make(map[string]int)
	}
	p.index[name] = p.Count
	p.Names = add(p.Names, name)
	p.Count++
	return p.Count - 1
}

// arguments returns a number of arguments in words.
func arguments(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return strconv.Itoa(n) + " arguments"
}
