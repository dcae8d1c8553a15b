package plan

import (
	"strings"
	"unicode/utf8"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// The servers have no functions of texts. What comparisons of their results with constants say
// about the texts can still be checked: a prefix is a range, and a text in upper or lower case is a
// regular expression that ignores the case.

// startsWith translates STARTS_WITH with a constant, as LIKE 'x%'.
func (l *lowering) startsWith(e *bind.Call, w want) test {
	v, ok := l.value(e.Args[1])
	prefix, isText := v.Text()
	if !ok || !l.isConstant(e.Args[1]) {
		return notPushed
	}
	if !isText || v.Kind() != protocol.KindString {
		return fails // NULL
	}
	if !isPlainText(prefix) {
		return notPushed
	}
	p := &like{parts: []likePart{{text: prefix}, {wild: '%'}}}
	if prefix == "" {
		p.parts = p.parts[1:]
	}
	return l.matches(e.Args[0], p, w)
}

// isPlainText reports whether a text is not too long for a filter, and valid UTF-8 without U+FFFD,
// which stands for what is not valid.
func isPlainText(s string) bool {
	return len(s) <= maxPattern && utf8.ValidString(s) && !strings.ContainsRune(s, utf8.RuneError)
}

// isTextCall reports whether an expression is a function of a text that compareText translates.
func (l *lowering) isTextCall(x bind.Expr) bool {
	e, ok := x.(*bind.Call)
	if !ok || e.Function == nil {
		return false
	}
	switch e.Function.Name {
	case "LOWER", "UPPER", "LEFT":
		return true
	case "SUBSTR": // from the start
		start, ok := l.value(e.Args[1])
		n, isInt := start.Int()
		return ok && isInt && n == 1 && l.isConstant(e.Args[1])
	}
	return false
}

// compareText translates f(s) = v for a function of isTextCall. What it translates is a superset.
func (l *lowering) compareText(x bind.Expr, v protocol.Value, w want) test {
	e := x.(*bind.Call)
	s, isText := v.Text()
	switch {
	case !isText || v.Kind() != protocol.KindString:
		return fails // kinds that differ
	case w != isTrue, !isPlainText(s), strings.ContainsRune(s, 0):
		return notPushed
	}
	if name := e.Function.Name; name == "LOWER" || name == "UPPER" {
		return l.matches(e.Args[0], folded(name, s), w).superset()
	}
	if s == "" {
		return notPushed
	}
	return l.matches(e.Args[0], &like{parts: []likePart{{text: s}, {wild: '%'}}}, w).superset()
}

// folded returns the pattern that texts match of which a function to lower or upper case returns s.
func folded(name, s string) *like {
	p := &like{ignoreCase: true, upper: name == "UPPER"}
	if s != "" {
		p.parts = []likePart{{text: strings.ToLower(s)}}
	}
	return p
}

// matches translates "x matches a pattern" for the texts that a value can be.
func (l *lowering) matches(x bind.Expr, p *like, w want) test {
	branches, ok := l.branches(x, function.String)
	if !ok {
		return notPushed
	}
	var tests []test
	for i := range branches {
		b := &branches[i]
		if b.kind != protocol.KindString {
			continue
		}
		t := p.test(b.node, w.truth())
		exact := t.isExact()
		if t = b.guarded(t, w.decided()); !exact && t.state == pushed {
			t = t.superset()
		}
		tests = append(tests, t)
	}
	return or(tests...)
}

// matchFolded translates LOWER(s) LIKE x and UPPER(s) LIKE x. It returns false for other values.
func (l *lowering) matchFolded(x bind.Expr, p *like, w want) (test, bool) {
	e, ok := x.(*bind.Call)
	if !ok || e.Function == nil || e.Function.Name != "LOWER" && e.Function.Name != "UPPER" {
		return notPushed, false
	}
	if w != isTrue {
		return notPushed, true
	}
	insensitive := &like{ignoreCase: true, upper: e.Function.Name == "UPPER"}
	for _, part := range p.parts {
		part.text = strings.ToLower(part.text)
		insensitive.parts = append(insensitive.parts, part)
	}
	return l.matches(e.Args[0], insensitive, w).superset(), true
}
