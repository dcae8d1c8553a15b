package mapper_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

// emptyOnes has the zero value of every exported type of the package that has methods, and nil
// pointers to those that programs hold as pointers.
var emptyOnes = []any{
	new(mapper.Repo[member]), (*mapper.Repo[member])(nil), new(mapper.Table[string, member]),
	new(mapper.Query[member]), new(mapper.Groups[member]),
	new(mapper.Statement[member]), (*mapper.Statement[member])(nil), new(mapper.Task), (*mapper.Task)(nil),
	new(mapper.Migration), new(mapper.Plan), new(mapper.Aggregate[member]), new(mapper.Ref[string, member]), new(mapper.GeoJSON),
	new(mapper.Field[member, int]), new(mapper.Ord[member, int]), new(mapper.Num[member, int]), new(mapper.Text[member, string]),
	new(mapper.Time[member]), new(mapper.Geo[member]), new(mapper.ListOf[member, int]), new(mapper.MapOf[member, string, int]),
	new(mapper.RefField[member, string, member]), new(mapper.Size[member]),
	new(mapper.StructList[member, member, struct{ Age mapper.Num[member, int] }]),
	new(mapper.StructMap[member, string, member, struct{ Age mapper.Num[member, int] }]),
	new(mapper.BinReader), new(mapper.BinWriter),
	new(mapper.FieldError), new(mapper.StaleError), new(mapper.ManyError), new(mapper.ValidationError),
}

// whole are the methods for which the zero value is a value like others.
var whole = map[string]bool{
	"Migration.Apply": true, "Ref.MarshalBin": true, "Ref.UnmarshalBin": true, "GeoJSON.MarshalBin": true, "GeoJSON.UnmarshalBin": true,
	"FieldError.Unwrap": true, "StaleError.Unwrap": true, "ValidationError.Unwrap": true,
}

// TestEmptyValues calls every exported method of every exported type on its zero value, without
// arguments and with zero ones. None panics. All errors are ErrEmpty, as are those of the values
// that the methods return.
func TestEmptyValues(t *testing.T) {
	table, _ := people(t, "")
	c := &emptyCaller{t: t, repo: table.Repo}
	for _, x := range emptyOnes {
		c.callAll(reflect.ValueOf(x), "", 2)
	}
	require.Greater(t, c.checked, 500)
}

// TestEmptyValuesAreComplete: the values of TestEmptyValues have every exported type with methods.
func TestEmptyValuesAreComplete(t *testing.T) {
	have := map[string]bool{}
	for _, x := range emptyOnes {
		have[nameOf(reflect.TypeOf(x))] = true
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if name := receiverOf(d); ast.IsExported(name) {
				found++
				require.True(t, have[name], "TestEmptyValues has no %s", name)
			}
		}
	}
	require.Greater(t, found, 100)
}

// receiverOf returns the name of the receiver's type if the declaration is that of an exported
// method, otherwise "".
func receiverOf(d ast.Decl) string {
	f, ok := d.(*ast.FuncDecl)
	if !ok || f.Recv == nil || !f.Name.IsExported() {
		return ""
	}
	receiver := f.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	switch generic := receiver.(type) {
	case *ast.IndexExpr:
		receiver = generic.X
	case *ast.IndexListExpr:
		receiver = generic.X
	}
	return receiver.(*ast.Ident).Name
}

// An emptyCaller calls methods of empty values.
type emptyCaller struct {
	t       *testing.T
	repo    *mapper.Repo[member]
	checked int // errors
}

// callAll calls all methods of a value, and those of what they return up to a depth.
func (c *emptyCaller) callAll(x reflect.Value, path string, depth int) {
	name := nameOf(x.Type())
	for i := range x.NumMethod() {
		method := x.Type().Method(i)
		isVariadic := method.Type.IsVariadic()
		for _, more := range []bool{false, true} {
			if more && !isVariadic {
				break
			}
			text := fmt.Sprintf("%s%s.%s", path, name, method.Name)
			for _, result := range c.call(text, x.Method(i), more) {
				c.check(text, name+"."+method.Name, result, depth)
			}
		}
	}
}

// call calls a method with zero arguments, with more also as its variadic argument.
func (c *emptyCaller) call(text string, method reflect.Value, more bool) []reflect.Value {
	defer func() {
		if r := recover(); r != nil {
			c.t.Errorf("%s panicked: %v", text, r)
		}
	}()
	var args []reflect.Value
	for i := range method.Type().NumIn() {
		in := method.Type().In(i)
		switch last := method.Type().IsVariadic() && i == method.Type().NumIn()-1; {
		case last && !more:
		case last:
			args = append(args, reflect.Zero(in.Elem()))
		case in == reflect.TypeFor[context.Context]():
			args = append(args, reflect.ValueOf(context.Background()))
		default:
			args = append(args, reflect.Zero(in))
		}
	}
	return method.Call(args)
}

// check requires that a result is an ErrEmpty, or a value whose use is one.
func (c *emptyCaller) check(text, method string, result reflect.Value, depth int) {
	switch x := result.Interface().(type) {
	case error:
		if !whole[method] {
			c.isEmpty(text, x)
		}
	case mapper.Cond[member]:
		_, err := c.repo.All().Where(x).Slice(context.Background())
		c.isEmpty(text, err)
	case mapper.Order[member]:
		_, err := c.repo.All().OrderBy(x).Slice(context.Background())
		c.isEmpty(text, err)
	case mapper.Change[member]:
		c.isEmpty(text, c.repo.Patch(context.Background(), "ada", x))
	case mapper.Aggregate[member]:
		_, err := mapper.GroupBy[member](c.repo.All(), x.As("Age")).Slice(context.Background())
		c.isEmpty(text, err)
	case mapper.Page[member], mapper.Plan, mapper.Migration, mapper.TaskProgress:
	default:
		c.checkOther(text, method, result, depth)
	}
}

func (c *emptyCaller) checkOther(text, method string, result reflect.Value, depth int) {
	switch t := result.Type(); {
	case t == reflect.TypeFor[error]():
		require.True(c.t, whole[method], "%s: no error", text)
	case t.Kind() == reflect.Func && strings.HasPrefix(t.Name(), "Seq2"):
		yields := 0
		for _, err := range result.Seq2() {
			yields++
			require.False(c.t, err.IsNil(), text)
			c.isEmpty(text, err.Interface().(error))
		}
		require.Equal(c.t, 1, yields, text)
	case t.Kind() == reflect.Pointer && t.Elem() == reflect.TypeFor[member]():
		require.True(c.t, result.IsNil(), text)
	case depth > 0 && strings.HasSuffix(packageOf(t), "/mapper"):
		c.callAll(result, text+"().", depth-1)
	}
}

func (c *emptyCaller) isEmpty(text string, err error) {
	c.checked++
	require.ErrorIs(c.t, err, mapper.ErrEmpty, text)
	require.True(c.t, strings.HasPrefix(err.Error(), "mapper: "), "%s: %v", text, err)
}

// nameOf returns the name of a type, or of what it points to, without type arguments.
func nameOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, _, _ := strings.Cut(t.Name(), "[")
	return name
}

// packageOf returns the path of a type's package, or of what it points to.
func packageOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath()
}

// TestEmptyNamesTheCall: the error of an empty value names the call and says what to do.
func TestEmptyNamesTheCall(t *testing.T) {
	ctx := context.Background()
	var repo mapper.Repo[member]
	_, err := repo.Find(ctx, "ada")
	require.EqualError(t, err, "mapper: Repo.Find: the repository is empty; make it with mapper.New")
	_, err = new(mapper.Table[string, member]).FindMany(ctx, "ada")
	require.EqualError(t, err, "mapper: Repo.FindMany: the repository is empty; make it with mapper.New")
	_, err = repo.Where().Limit(-1).Slice(ctx)
	require.EqualError(t, err, "mapper: Repo.Where: the repository is empty; make it with mapper.New")
	_, err = mapper.Query[member]{}.AllowScan().First(ctx)
	require.EqualError(t, err, "mapper: Query.First: the query is empty; begin with Where or All of a Repo")
	_, err = mapper.Groups[member]{}.Limit(3).One(ctx)
	require.EqualError(t, err, "mapper: Groups.One: the groups are empty; make them with GroupBy")
	require.EqualError(t, new(mapper.Task).Wait(ctx), "mapper: Task.Wait: the task is empty; start it with Patch or Delete of a Query")
}

// TestNilArguments: a nil argument is an ErrEmpty.
func TestNilArguments(t *testing.T) {
	ctx := context.Background()
	table, db := people(t, "")
	r, none := table.Repo, (*member)(nil)
	boss := func(*member) *mapper.Ref[string, member] { return nil }
	var noRepo *mapper.Repo[member]
	var noTable *mapper.Table[string, member]
	second := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"Save":            r.Save(ctx, none),
		"Insert":          r.Insert(ctx, none),
		"Update":          r.Update(ctx, none),
		"Replace":         r.Replace(ctx, none),
		"FindInto":        r.FindInto(ctx, "ada", none),
		"Exists":          second(r.Exists(ctx, none)),
		"Delete":          second(r.Delete(ctx, none)),
		"Touch":           r.Touch(ctx, none),
		"Key":             second(r.Key(none)),
		"Patch":           r.Patch(ctx, none),
		"Patch, change":   r.Patch(ctx, "ada", mapper.Change[member]{}),
		"Change":          second(r.Change(ctx, none)),
		"Upsert":          second(r.Upsert(ctx, none)),
		"OrInsert":        r.Patch(ctx, "ada", mapper.OrInsert(none)),
		"Modify":          second(r.Modify(ctx, "ada", nil)),
		"Encode":          second(r.Encode(none)),
		"Decode":          r.Decode(&protocol.Record{}, none),
		"Decode, record":  r.Decode(nil, new(member)),
		"SaveMany":        r.SaveMany(ctx, none),
		"InsertMany":      r.InsertMany(ctx, none),
		"UpdateMany":      r.UpdateMany(ctx, none),
		"ReplaceMany":     r.ReplaceMany(ctx, none),
		"UpsertMany":      second(r.UpsertMany(ctx, []*member{nil})),
		"DeleteMany":      second(r.DeleteMany(ctx, none)),
		"PatchMany":       r.PatchMany(ctx, []any{none}),
		"TouchMany":       r.TouchMany(ctx, none),
		"ExistsMany":      second(r.ExistsMany(ctx, none)),
		"Where":           second(r.Where(mapper.Cond[member]{}).Slice(ctx)),
		"And":             second(r.Where(mapper.And(mapper.Cond[member]{})).Slice(ctx)),
		"Not":             second(r.Where(mapper.Not(mapper.Cond[member]{})).Slice(ctx)),
		"If":              r.Patch(ctx, "ada", mapper.If(mapper.Cond[member]{}), P.Age.Set(1)),
		"OrderBy":         second(r.All().OrderBy(mapper.Order[member]{}).Slice(ctx)),
		"Query.Patch":     second(r.All().Patch(ctx, mapper.Change[member]{})),
		"GroupBy":         second(mapper.GroupBy[member](r.All(), mapper.Aggregate[member]{}).Slice(ctx)),
		"GroupBy, query":  second(mapper.GroupBy[member](mapper.Query[member]{}).Slice(ctx)),
		"GroupBy, repo":   second(mapper.GroupBy[member](noRepo.All()).Slice(ctx)),
		"Select":          second(mapper.Select[member](mapper.Query[member]{}).Slice(ctx)),
		"Select, repo":    second(mapper.Select[member](noRepo.All()).Slice(ctx)),
		"option":          second(mapper.New[member](db, nil)),
		"database":        second(mapper.New[member]((*sql.DB)(nil))),
		"client":          second(mapper.New[member]((*cluster.Client)(nil))),
		"transaction":     second(mapper.New[member]((*sql.Tx)(nil))),
		"Source":          second(mapper.New[member](mapper.Source{})),
		"NewTable":        second(mapper.NewTable[string, member](db, nil)),
		"TableOf":         second(mapper.TableOf[string](noRepo)),
		"Prepare":         second(mapper.Prepare[member]((*sql.DB)(nil), "SELECT 1")),
		"WithKey":         second(mapper.New[member](db, mapper.WithKey[member](nil))),
		"WithClock":       second(mapper.New[member](db, mapper.WithClock(nil))),
		"PlanMigration":   second(mapper.PlanMigration(ctx, nil)),
		"PlanMigration 2": second(mapper.PlanMigration(ctx, noRepo)),
		"PlanMigration 3": second(mapper.PlanMigration(ctx, noTable)),
		"Load":            mapper.Load(ctx, noTable, boss, new(member)),
		"Load, function":  mapper.Load(ctx, table, (func(*member) *mapper.Ref[string, member])(nil), new(member)),
		"ViaAll":          second(mapper.LoadAll(ctx, mapper.ViaAll(table, (func(*member) []mapper.Ref[string, member])(nil)), new(member))),
		"Then":            second(mapper.LoadAll(ctx, mapper.Then[member, member, member](nil, nil), new(member))),
		"LoadAll":         second(mapper.LoadAll[member, member](ctx, nil, new(member))),
	} {
		if !errors.Is(err, mapper.ErrEmpty) {
			t.Errorf("%s: %v", name, err)
		}
	}
	require.Error(t, second(r.Find(ctx, nil)))
	require.NoError(t, r.With(nil).Save(ctx, &member{ID: "none"}))
}
