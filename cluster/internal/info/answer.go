// Package info reads and writes the text of info commands: errors, lists and their fields. It does
// no I/O. Both the client and package admin use it.
package info

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An Answer is what one node answered to a command.
type Answer struct {
	Text string
	Err  error // the node could not be asked
}

// Answers are those of several nodes to the same command, by the nodes' names.
type Answers map[string]Answer

// Each calls f with each answer, sorted by node. It stops at the first error, either of a node or
// of f, and returns it with the node's name. Answers of nodes that could not be asked are errors.
func (a Answers) Each(f func(node, text string) error) error {
	for _, node := range slices.Sorted(maps.Keys(a)) {
		answer := a[node]
		err := answer.Err
		if err == nil {
			err = f(node, answer.Text)
		}
		if err != nil {
			return OnNode(err, node)
		}
	}
	return nil
}

// All reports whether every node was asked and gave an answer that satisfies. An error of satisfies
// is returned with the node's name.
func (a Answers) All(satisfies func(text string) (bool, error)) (bool, error) {
	all := true
	for node, answer := range a {
		if answer.Err != nil {
			all = false
			continue
		}
		ok, err := satisfies(answer.Text)
		if err != nil {
			return false, OnNode(err, node)
		}
		all = all && ok
	}
	return all, nil
}

// Error returns the error that an answer reports, or nil.
func Error(text string) error {
	e, isError := wire.ParseInfoError(text)
	if !isError {
		return nil
	}
	e.Attempts = 1
	return e
}

// OnNode sets the node of an error that has none.
func OnNode(err error, node string) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.Node == "" {
		e.Node = node
	}
	return err
}

// Safe reports whether names can stand in an info command without changing its meaning.
func Safe(names ...string) bool {
	for _, name := range names {
		if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == ';' || r == ':' || r == '=' }) {
			return false
		}
	}
	return true
}

// NamespaceParam returns the parameter that names a namespace. Servers before 8.1 have an older
// name for it, which differs between commands; since81 is true if all nodes are of version 8.1 or
// later.
func NamespaceParam(older, namespace string, since81 bool) string {
	if since81 {
		older = "namespace"
	}
	return older + "=" + namespace
}
