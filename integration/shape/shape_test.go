package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKnot(t *testing.T) {
	for name, c := range map[string]struct {
		graph map[string][]string
		want  []string
	}{
		"no files":   {nil, nil},
		"a chain":    {map[string][]string{"a": {"b"}, "b": {"c"}, "c": nil}, nil},
		"a cycle":    {map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, []string{"a", "b", "c"}},
		"two cycles": {map[string][]string{"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"e"}, "e": {"c"}}, []string{"c", "d", "e"}},
	} {
		graph := map[string]map[string]bool{}
		for from, targets := range c.graph {
			graph[from] = map[string]bool{}
			for _, to := range targets {
				graph[from][to] = true
			}
		}
		got := knot(graph)
		if len(got) < 2 {
			got = nil
		}
		require.Equal(t, c.want, got, name)
	}
}

func TestWideComments(t *testing.T) {
	long := strings.Repeat("x", maxComment)
	for name, c := range map[string]struct {
		text string
		want []int
	}{
		"short":          {"// a\nvar b int // c\n", nil},
		"wide":           {"package p\n\n// " + long + "\n", []int{3}},
		"wide with tabs": {"\t// " + long[:maxComment-6] + "\n\t// " + long[:maxComment-7] + "\n", []int{1}},
		"a link":         {"// https://" + long + "\n", nil},
		"a directive":    {"//go:" + long + "\n", nil},
		"after code":     {"var a int // " + long + "\n", nil},
		"non-ASCII":      {"// " + strings.Repeat("ö", maxComment-3) + "\n", nil},
	} {
		require.Equal(t, c.want, wideComments([]byte(c.text)), name)
	}
}
