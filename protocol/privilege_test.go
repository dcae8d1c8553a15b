package protocol

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrivilegeString(t *testing.T) {
	for want, p := range map[string]Privilege{
		"user-admin":     {Code: PrivilegeUserAdmin},
		"read.test.demo": {Code: PrivilegeRead, Namespace: "test", Set: "demo"},
		"write.bar":      {Code: PrivilegeWrite, Namespace: "bar"},
		"truncate":       {Code: PrivilegeTruncate},
		"privilege-99.n": {Code: 99, Namespace: "n"},
	} {
		require.Equal(t, want, p.String())
	}
	require.True(t, PrivilegeTruncate.Known())
	require.False(t, PrivilegeCode(5).Known())
}

func TestPrivilegeCheck(t *testing.T) {
	for name, p := range map[string]Privilege{
		"scope of a global privilege": {Code: PrivilegeSysAdmin, Namespace: "test"},
		"set without a namespace":     {Code: PrivilegeRead, Set: "demo"},
		"long namespace":              {Code: PrivilegeRead, Namespace: "a-namespace-of-more-than-31-bytes"},
	} {
		require.Error(t, p.Check(), name)
	}
	p := Privilege{Code: PrivilegeReadWrite, Namespace: "test", Set: "demo"}
	require.NoError(t, p.Check())
}
