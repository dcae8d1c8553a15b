package mapper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

// TestFieldsErrors checks that each mistake names the struct, the field and what would be right.
func TestFieldsErrors(t *testing.T) {
	fieldsError := func(err error) string {
		require.Error(t, err)
		return err.Error()
	}
	_, err := mapper.Fields[member, struct{ Nme mapper.Text[member, string] }]()
	require.Contains(t, fieldsError(err), "struct.Nme: member has no field Nme; it has ")
	_, err = mapper.Fields[member, struct{ Age mapper.Text[member, string] }]()
	require.Contains(t, fieldsError(err), "member.Age is an int; use mapper.Num[member, int]")
	_, err = mapper.Fields[member, struct{ Text mapper.Text[note, string] }]()
	require.Contains(t, fieldsError(err), "member has no field Text")
	_, err = mapper.Fields[member, struct{ Name mapper.Text[note, string] }]()
	require.Contains(t, fieldsError(err), "the typed field is of mapper_test.note, not of member")
	_, err = mapper.Fields[member, struct{ Name string }]()
	require.Contains(t, fieldsError(err), "is not a typed field")
	_, err = mapper.Fields[member, struct {
		Home struct{ Town mapper.Text[member, string] }
	}]()
	require.Contains(t, fieldsError(err), "address has no field Town; it has City, Zip")
	_, err = mapper.Fields[member, struct {
		Lines mapper.StructList[member, line, struct{ Amount mapper.Num[member, int] }]
	}]()
	require.Contains(t, fieldsError(err), "line has no field Amount")
	require.Panics(t, func() { mapper.MustFields[member, int]() })

	table, _ := people(t, "")
	var outside int
	for want, f := range map[string]mapper.Num[member, int]{
		"address of no mapped field": mapper.NumOf(func(*member) *int { return &outside }),
		"it panicked":                mapper.NumOf(func(m *member) *int { return &m.Lines[0].Qty }),
	} {
		_, err := table.All().Where(f.Eq(1)).Slice(t.Context())
		require.ErrorContains(t, err, want)
	}
	_, err = mapper.NewTable[int, member](memDB(t, ""))
	require.ErrorContains(t, err, "keys of int: mapper: member.ID: wrong type: the key is an integer, the field takes a string")
}
