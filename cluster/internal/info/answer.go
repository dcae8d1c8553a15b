// Package info formats info commands and parses their answers: errors, lists and fields. It does no
// I/O. Packages cluster and admin use it.
package info

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An Answer is one node's answer to a command.
type Answer struct {
	Text string
	Err  error // set if the node could not be queried
}

// Answers holds the answers of several nodes to the same command, keyed by node name.
type Answers map[string]Answer

// Each calls f with each answer, sorted by node name. It stops at the first error, either of f or
// of a node that could not be queried, and returns it with the node's name.
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

// All reports whether every node answered and satisfies returned true for every answer. An error of
// satisfies is returned with the node's name.
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

// Error returns the error in an answer, or nil if there is none.
func Error(text string) error {
	e, isError := wire.ParseInfoError(text)
	if !isError {
		return nil
	}
	e.Attempts = 1
	return e
}

// OnNode sets the node of a *protocol.Error if it is not set. It returns err.
func OnNode(err error, node string) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.Node == "" {
		e.Node = node
	}
	return err
}

// Safe reports whether names can be put in an info command without changing its meaning.
func Safe(names ...string) bool {
	for _, name := range names {
		if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == ';' || r == ':' || r == '=' }) {
			return false
		}
	}
	return true
}

// NamespaceParam returns the parameter for a namespace. older is the parameter's name on servers
// before 8.1, which differs between commands. since81 is true if all nodes run version 8.1 or
// later.
func NamespaceParam(older, namespace string, since81 bool) string {
	if since81 {
		older = "namespace"
	}
	return older + "=" + namespace
}
