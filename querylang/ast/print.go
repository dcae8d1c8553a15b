package ast

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A printer writes SQL. Its methods write to one buffer, so that the cost is linear.
type printer struct{ strings.Builder }

// printed returns what a method of a printer writes.
func printed(write func(p *printer)) string {
	var p printer
	write(&p)
	return p.String()
}

func (p *printer) text(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
}

// clause writes a word and what follows it, if there is something.
func (p *printer) clause(word string, e Expr) {
	if e != nil {
		p.text(" ", word, " ")
		p.expr(e)
	}
}

// names writes names in parentheses, if there are any.
func (p *printer) names(names []Name) {
	if len(names) == 0 {
		return
	}
	p.text(" (")
	for i, n := range names {
		p.comma(i)
		p.text(n.String())
	}
	p.text(")")
}

// comma writes a comma before every item but the first.
func (p *printer) comma(i int) {
	if i > 0 {
		p.text(", ")
	}
}

// alias writes AS and the name, if there is one.
func (p *printer) alias(n Name) {
	if !n.IsZero() {
		p.text(" AS ", n.String())
	}
}

// exprs writes expressions separated by commas.
func (p *printer) exprs(exprs []Expr) {
	for i, e := range exprs {
		p.comma(i)
		p.expr(e)
	}
}

func (p *printer) options(options []Option) {
	if len(options) == 0 {
		return
	}
	p.text(" WITH (")
	for i, o := range options {
		p.comma(i)
		p.text(o.Name.String())
		if o.Value != nil {
			p.text(" = ")
			p.expr(o.Value)
		}
	}
	p.text(")")
}

func intValue(n int64) protocol.Value { return protocol.Int(n) }
