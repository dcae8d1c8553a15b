package main

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOutcomes reads what the test programs of the clients print.
func TestOutcomes(t *testing.T) {
	known := map[string]string{"a.Broken": "a reason", "src::broken": "a reason", "tests.T.broken": "a reason"}
	h := new(harness)
	got, err := h.readLines("\nPASS a.One\n\nSKIP a.Two\njava.lang.Error\n\nFAIL a.Three\n\nFAIL a.Broken\n\nEND\n", "\nEND\n", javaLine, known, nil)
	require.NoError(t, err)
	require.Equal(t, specs{passed: 1, failed: 1, skipped: 2}, got)
	got, err = h.readLines("test src::one ... ok\ntest src::two ... FAILED\ntest src::broken ... FAILED\ntest src::three ... ignored, a reason\n"+
		"test src::four - should panic ... ok\n\ntest result: FAILED. 2 passed\n", "\ntest result: ", rustLine, known, nil)
	require.NoError(t, err)
	require.Equal(t, specs{passed: 2, failed: 1, skipped: 2}, got)
	_, err = h.readLines("PASS a.One\n", "\nEND\n", javaLine, known, errors.New("killed"))
	require.ErrorContains(t, err, "the suite did not complete: killed")
	got, err = readReport([]byte(`<testsuites><testsuite><testcase classname="tests.T" name="one"/><testcase classname="tests.T" name="two"><failure/></testcase>
		<testcase classname="tests.T" name="broken"><error/></testcase><testcase classname="tests.T" name="three"><skipped/></testcase></testsuite></testsuites>`), known)
	require.NoError(t, err)
	require.Equal(t, specs{passed: 1, failed: 1, skipped: 2}, got)
	require.Equal(t, "1 passed, 1 failed, 2 skipped", got.String())
}

// TestMissing checks that a suite whose sources are not there says so.
func TestMissing(t *testing.T) {
	_, err := (&harness{}).checkout("aerospike-client-java")
	require.ErrorAs(t, err, new(missing))
	require.ErrorContains(t, err, "-suites is not set: clone aerospike-client-java")
	_, err = (&harness{suites: t.TempDir()}).checkout("aerospike-client-java")
	require.ErrorAs(t, err, new(missing))
	require.ErrorContains(t, err, "has no clone of aerospike-client-java")
	_, err = (&harness{suites: t.TempDir()}).all("", "nosuch")
	require.ErrorContains(t, err, `there is no run "nosuch"`)
}
