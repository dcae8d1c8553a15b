package mapper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

type shade int

// oddForms has fields whose stored forms have another order or text than the Go values.
type oddForms struct {
	ID     string            `as:"id,pk"`
	Code   int               `as:"code,text"`
	Name   string            `as:"name,json"`
	Raw    string            `as:"raw,blob"`
	Price  string            `as:"price,scale=2"`
	Cost   float64           `as:"cost,scale=2"`
	Shade  shade             `as:"shade"`
	Tags   []string          `as:"tags,json"`
	Prefs  map[string]string `as:"prefs,json"`
	Times  *time.Time        `as:"times,unix"`
	Plain  string            `as:"plain"`
	ByKind map[shade]int     `as:"bykind"`
}

type oddFields struct {
	Code   mapper.Num[oddForms, int]
	Name   mapper.Text[oddForms, string]
	Raw    mapper.Text[oddForms, string]
	Price  mapper.Text[oddForms, string]
	Cost   mapper.Num[oddForms, float64]
	Shade  mapper.Num[oddForms, shade]
	Tags   mapper.ListOf[oddForms, string]
	Prefs  mapper.MapOf[oddForms, string, string]
	Times  mapper.Time[oddForms]
	Plain  mapper.Text[oddForms, string]
	ByKind mapper.MapOf[oddForms, shade, int]
}

var O = mapper.MustFields[oddForms, oddFields]()

func odd(t *testing.T) *mapper.Repo[oddForms] {
	r, err := mapper.New[oddForms](memDB(t, ""), mapper.WithEnum(map[shade]string{1: "red", 2: "blue"}))
	require.NoError(t, err)
	at := time.Unix(1e9, 0).UTC()
	require.NoError(t, r.Save(t.Context(), &oddForms{
		ID: "a", Code: 9, Name: "Ada", Raw: "raw", Price: "12.50", Cost: 12.5, Shade: 1, Tags: []string{"x"}, Prefs: map[string]string{"k": "v"},
		Times: &at, Plain: "plain", ByKind: map[shade]int{1: 10},
	}))
	return r
}

// TestConditionsOnOddForms: a condition whose result would depend on the stored form, and not on
// the values, is an error. Equality works for all forms.
func TestConditionsOnOddForms(t *testing.T) {
	r := odd(t)
	at := time.Unix(1e9, 0)
	for name, c := range map[string]mapper.Cond[oddForms]{
		"text integer":     O.Code.Lt(10),
		"range of text":    O.Code.Between(1, 10),
		"JSON":             O.Name.Gt("A"),
		"prefix of JSON":   O.Name.HasPrefix("A"),
		"prefix of bytes":  O.Raw.HasPrefix("r"),
		"prefix of scaled": O.Price.HasPrefix("12"),
		"names of enum":    O.Shade.Ge(1),
		"JSON list":        O.Tags.Contains("x"),
		"JSON list length": O.Tags.Len().Eq(1),
		"JSON element":     O.Tags.At(0).Eq("x"),
		"JSON map":         O.Prefs.HasKey("k"),
		"JSON map value":   O.Prefs.HasValue("v"),
		"JSON value":       O.Prefs.Key("k").Eq("v"),
	} {
		_, err := r.Where(c).AllowScan().Count(t.Context())
		require.ErrorIs(t, err, mapper.ErrUnsupported, name)
		require.ErrorContains(t, err, "oddForms.", name)
	}
	for name, c := range map[string]mapper.Cond[oddForms]{
		"text integer": O.Code.Eq(9),
		"JSON":         O.Name.Eq("Ada"),
		"bytes":        O.Raw.Ge("raw"),
		"scaled":       mapper.And(O.Price.Eq("12.5"), O.Price.Gt("9"), O.Cost.Lt(100), O.Cost.Between(12.5, 13)),
		"enum":         O.Shade.In(1, 2),
		"times":        mapper.And(O.Times.Since(at), O.Times.Before(at.Add(time.Second))),
		"plain":        mapper.And(O.Plain.HasPrefix("pl"), O.Plain.Match("a.n"), O.Plain.Le("q")),
		"enum as key":  mapper.And(O.ByKind.HasKey(1), O.ByKind.Key(1).Eq(10), mapper.Not(O.ByKind.HasKey(2))),
	} {
		n, err := r.Where(c).AllowScan().Count(t.Context())
		require.NoError(t, err, name)
		require.EqualValues(t, 1, n, name)
	}
	for name, o := range map[string]mapper.Order[oddForms]{"text": O.Code.Asc(), "JSON": O.Name.Desc(), "enum": O.Shade.Asc()} {
		_, err := r.All().OrderBy(o).Slice(t.Context())
		require.ErrorIs(t, err, mapper.ErrUnsupported, name)
		_, err = r.All().OrderBy(o).Page(t.Context(), "", 5)
		require.ErrorIs(t, err, mapper.ErrUnsupported, name)
	}
	_, err := r.All().OrderBy(O.Price.Asc(), O.Times.Desc()).Slice(t.Context())
	require.NoError(t, err)
	type result struct {
		N int
		S string
	}
	for name, a := range map[string]mapper.Aggregate[oddForms]{
		"minimum": O.Code.Min().As("N"), "sum": O.Code.Sum().As("N"), "average": O.Code.Avg().As("N"), "maximum": O.Name.Max().As("S"),
	} {
		_, err := mapper.GroupBy[result](r.All(), a).One(t.Context())
		require.ErrorIs(t, err, mapper.ErrUnsupported, name)
	}
}

// TestChangesOfOddForms: a change that the server can't make of the stored form is an error, and
// the value stays.
func TestChangesOfOddForms(t *testing.T) {
	r := odd(t)
	before, err := r.Find(t.Context(), "a")
	require.NoError(t, err)
	for name, c := range map[string]mapper.Change[oddForms]{
		"append to JSON":    O.Name.Append("x"),
		"append to scaled":  O.Price.Prepend("1"),
		"add to text":       O.Code.Add(1),
		"add to enum":       O.Shade.Add(1),
		"JSON list":         O.Tags.Append("y"),
		"JSON list element": O.Tags.At(0).Set("y"),
		"JSON list clear":   O.Tags.Clear(),
		"JSON map":          O.Prefs.Put("k", "w"),
		"JSON map delete":   O.Prefs.Delete("k"),
	} {
		require.ErrorIs(t, r.Patch(t.Context(), "a", c), mapper.ErrUnsupported, name)
	}
	after, err := r.Find(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.NoError(t, r.Patch(t.Context(), "a", O.Cost.Add(0.25), O.Name.Set("Eve"), O.Plain.Append("!"), O.Raw.Append("-er"), O.Tags.Set([]string{"z"}),
		O.ByKind.Put(2, 20), O.ByKind.Key(1).Set(11), O.Shade.Set(2)))
	after, err = r.Find(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, map[shade]int{1: 11, 2: 20}, after.ByKind, "the keys are the names that the Repo stores")
	require.Equal(t, 12.75, after.Cost)
	require.Equal(t, "raw-er", after.Raw)
	require.Equal(t, "Eve plain! [z] 2", after.Name+" "+after.Plain+" ["+after.Tags[0]+"] "+string(rune('0'+after.Shade)))
	require.NoError(t, r.Patch(t.Context(), "a", O.ByKind.Delete(1)))
	err = r.Patch(t.Context(), "a", O.ByKind.Put(7, 1))
	require.ErrorIs(t, err, mapper.ErrRange)
	require.ErrorContains(t, err, "oddForms.ByKind[7]")
}

// needed has options required.
type needed struct {
	ID    string                `as:"id,pk"`
	Name  *string               `as:"name,required"`
	Lines map[string]neededLine `as:"lines"`
}

type neededLine struct {
	Article *string `as:"article,required"`
	Note    *string `as:"note"`
}

// TestPatchKeepsWhatIsRequired: no patch removes a value without which the object can't be read.
func TestPatchKeepsWhatIsRequired(t *testing.T) {
	r, err := mapper.New[needed](memDB(t, ""))
	require.NoError(t, err)
	text := "x"
	require.NoError(t, r.Save(t.Context(), &needed{"a", &text, map[string]neededLine{"l": {&text, &text}}}))
	type lineFields struct{ Article, Note mapper.Text[needed, string] }
	type fields struct {
		Name  mapper.Text[needed, string]
		Lines mapper.StructMap[needed, string, neededLine, lineFields]
	}
	F := mapper.MustFields[needed, fields]()
	name := mapper.Of(func(n *needed) **string { return &n.Name })
	for what, c := range map[string]mapper.Change[needed]{
		"Unset": F.Name.Unset(), "Set to nil": name.Set(nil), "Unset inside": F.Lines.Key("l").Article.Unset(),
	} {
		require.ErrorIs(t, r.Patch(t.Context(), "a", c), mapper.ErrMissingBin, what)
	}
	require.NoError(t, r.Patch(t.Context(), "a", F.Name.Set("y"), F.Lines.Key("l").Note.Unset(), F.Lines.Delete("none")))
	_, err = r.Find(t.Context(), "a")
	require.NoError(t, err)
}
