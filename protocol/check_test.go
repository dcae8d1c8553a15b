package protocol

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Check finds what writing the message would, without writing it.
func TestCheckAgreesWithAppendMessage(t *testing.T) {
	key := MustKey("test", "s", "k")
	deep := Int(1)
	for range MaxDepth + 1 {
		deep = List(deep)
	}
	half := Blob(make([]byte, MaxProtoSize/2+1))
	put := func(name string, v Value) Command { return NewWrite(OpWrite, key, Bins{{Name: name, Value: v}}) }
	for name, c := range map[string]struct {
		cmd  Command
		want error
	}{
		"read":            {NewRead(key, "a"), nil},
		"all":             {NewRead(key), nil},
		"long name":       {NewRead(key, strings.Repeat("a", 16)), ErrInvalidBin},
		"empty name":      {NewRead(key, ""), ErrInvalidBin},
		"put":             {put("a", Int(1)), nil},
		"removal":         {put("a", Nil()), nil},
		"nothing":         {NewWrite(OpWrite, key, nil), ErrInvalidCommand},
		"uint":            {put("a", Uint(1<<63)), ErrInvalidValue},
		"uint in a list":  {put("a", List(Uint(1<<63))), nil},
		"invalid":         {put("a", ValueOf(make(chan int))), ErrInvalidValue},
		"invalid element": {put("a", List(Int(1), Map(Pair{Int(1), ValueOf(make(chan int))}))), ErrInvalidValue},
		"too deep":        {put("a", deep), ErrTooDeep},
		"too large":       {NewWrite(OpWrite, key, Bins{{Name: "a", Value: half}, {Name: "b", Value: half}}), ErrTooLarge},
		"touch":           {NewTouch(key), nil},
		"delete":          {NewDelete(key), nil},
		"operate":         {NewOperate(key, []Operation{AddBin("a", Int(1)), GetBin("a"), GetAll()}, false), nil},
		"operate, name":   {NewOperate(key, []Operation{GetBin("")}, false), ErrInvalidBin},
		"operate, value":  {NewOperate(key, []Operation{PutBin("a", deep)}, false), ErrTooDeep},
		"execute":         {NewExecute(key, &UDFCall{Package: "p", Function: "f", Args: []Value{Int(1)}}), nil},
		"execute, name":   {NewExecute(key, &UDFCall{Package: "p"}), ErrInvalidCommand},
		"execute, deep":   {NewExecute(key, &UDFCall{Package: "p", Function: "f", Args: []Value{deep}}), ErrTooDeep},
		"no namespace":    {NewRead(Key{}), ErrInvalidKey},
	} {
		t.Run(name, func(t *testing.T) {
			checked := c.cmd.Check()
			_, written := c.cmd.AppendMessage(nil, 0)
			if c.want == nil {
				require.NoError(t, checked)
				require.NoError(t, written)
				require.Zero(t, testing.AllocsPerRun(10, func() { _ = c.cmd.Check() }))
				return
			}
			require.ErrorIs(t, checked, c.want)
			require.ErrorIs(t, written, c.want)
			if c.want != ErrTooLarge {
				require.Equal(t, written.Error(), checked.Error())
			}
		})
	}
}

func TestErrorsShowKeysOnOneLine(t *testing.T) {
	digest := MustKey("test", "s", 1).Digest()
	byDigest, err := KeyFromDigest("test", "s", digest)
	require.NoError(t, err)
	for want, key := range map[string]Key{
		"test:users:ada":                               MustKey("test", "users", "ada"),
		"test::7":                                      MustKey("test", "", 7),
		`test:users:"a\nb"`:                            MustKey("test", "users", "a\nb"),
		`test:"a\x1bb":größe`:                          MustKey("test", "a\x1bb", "größe"),
		`test:users:"\xff"`:                            MustKey("test", "users", "\xff"),
		"test:s:#" + digest.String():                   byDigest,
		"test:s:0x0102":                                MustKey("test", "s", []byte{1, 2}),
		"test:s:" + strings.Repeat("k", 80) + "...":    MustKey("test", "s", strings.Repeat("k", 1<<20)),
		"test:s:0x" + strings.Repeat("00", 40) + "...": MustKey("test", "s", make([]byte, 1<<20)),
		"test:s": {Namespace: "test", Set: "s"},
		"test":   {Namespace: "test"},
	} {
		e := &Error{Code: ServerTimeout, Op: "Get", Key: key}
		require.Equal(t, "aerospike: Get "+want+": "+ServerTimeout.Error(), e.Error())
	}
	require.Equal(t, "aerospike: test:s: command failed", (&Error{Code: ClientError, Key: Key{Namespace: "test", Set: "s"}}).Error())
	require.Equal(t, "aerospike: Sets: command failed", (&Error{Code: ClientError, Op: "Sets"}).Error())
}
