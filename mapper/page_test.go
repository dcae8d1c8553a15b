package mapper_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

// crowd returns a table with n records whose ages repeat, some of them without a nick.
func crowd(t testing.TB, n int, opts ...mapper.Option) *mapper.Table[string, member] {
	t.Helper()
	table, err := mapper.NewTable[string, member](memDB(t, ""), opts...)
	require.NoError(t, err)
	var all []*member
	for i := range n {
		m := &member{ID: fmt.Sprintf("m%03d", i), Age: i % 7, Name: fmt.Sprint(i)}
		if i%3 > 0 {
			nick := fmt.Sprint("n", i%5)
			m.Nick = &nick
		}
		all = append(all, m)
	}
	require.NoError(t, table.SaveMany(context.Background(), all...))
	return table
}

func TestPages(t *testing.T) {
	const records = 100
	table := crowd(t, records, mapper.WithCursorKey([]byte("secret of the test")))
	queries := map[string]mapper.Query[member]{
		"unordered":      table.All(),
		"filtered":       table.All().Where(P.Age.Gt(2)),
		"by age":         table.All().OrderBy(P.Age.Asc()),
		"by age desc":    table.All().OrderBy(P.Age.Desc()),
		"by nick":        table.All().OrderBy(P.Nick.Asc()),
		"by nick desc":   table.All().OrderBy(P.Nick.Desc(), P.Age.Asc()),
		"by two":         table.All().Where(P.Age.Lt(6)).OrderBy(P.Age.Desc(), P.Nick.Desc()),
		"by key":         table.All().OrderBy(P.ID.Desc()),
		"keys":           table.Where(P.ID.In("m001", "m002", "m003", "m004", "nobody")),
		"nothing":        table.All().Where(P.Age.Gt(100)),
		"one page":       table.All().Where(P.ID.Eq("m005")),
		"condition text": table.All().WhereText("age % 2 = ?", 1),
	}
	for name, q := range queries {
		for _, n := range []int{1, 7, 50, records, 1000} {
			t.Run(fmt.Sprint(name, "/", n), func(t *testing.T) {
				if n == 1 && name != "by nick desc" && name != "filtered" {
					t.Skip("pages of one record take many requests; two queries test them")
				}
				ctx := context.Background()
				want, err := q.Slice(ctx)
				require.NoError(t, err)
				var got []*member
				longest := 0
				for from, pages := mapper.Cursor(""), 0; ; pages++ {
					require.Less(t, pages, records+2)
					page, err := q.Page(ctx, from, n)
					require.NoError(t, err)
					require.LessOrEqual(t, len(page.Items), n)
					got = append(got, page.Items...)
					longest = max(longest, len(page.Next))
					if from = page.Next; from == "" {
						break
					}
				}
				if strings.HasPrefix(name, "by key") {
					require.Equal(t, want, got)
				}
				t.Log("longest cursor:", longest)
				byID := func(a, b *member) int { return strings.Compare(a.ID, b.ID) }
				slices.SortFunc(want, byID)
				slices.SortFunc(got, byID)
				require.Equal(t, want, got)
			})
		}
	}
}

func TestBadCursors(t *testing.T) {
	ctx := context.Background()
	table := crowd(t, 30, mapper.WithCursorKey([]byte("secret of the test")))
	other, err := mapper.NewTable[string, member](memDB(t, ""), mapper.WithCursorKey([]byte("another secret")))
	require.NoError(t, err)
	plain, err := mapper.NewTable[string, member](memDB(t, ""))
	require.NoError(t, err)
	for name, q := range map[string]mapper.Query[member]{"unordered": table.All().Where(P.Age.Gt(1)), "ordered": table.All().OrderBy(P.Age.Asc())} {
		page, err := q.Page(ctx, "", 5)
		require.NoError(t, err)
		require.NotEmpty(t, page.Next)
		changed := []byte(page.Next)
		changed[len(changed)/2] ^= 1
		for what, try := range map[string]struct {
			q    mapper.Query[member]
			from mapper.Cursor
		}{
			"changed":          {q, mapper.Cursor(changed)},
			"cut":              {q, page.Next[:len(page.Next)-4]},
			"nonsense":         {q, "hello"},
			"other key":        {other.All().Where(P.Age.Gt(1)), page.Next},
			"no key":           {plain.All().Where(P.Age.Gt(1)), page.Next},
			"other values":     {table.All().Where(P.Age.Gt(2)), page.Next},
			"other query":      {table.All(), page.Next},
			"other order":      {table.All().OrderBy(P.Age.Desc()), page.Next},
			"further ordering": {q.OrderBy(P.Name.Asc()), page.Next},
		} {
			_, err := try.q.Page(ctx, try.from, 5)
			require.ErrorIs(t, err, mapper.ErrCursor, "%s: %s", name, what)
		}
	}
	_, err = table.All().Limit(3).Page(ctx, "", 5)
	require.ErrorContains(t, err, "the argument n of Page is the limit")
	_, err = table.All().Page(ctx, "", 0)
	require.ErrorIs(t, err, mapper.ErrRange)
}
