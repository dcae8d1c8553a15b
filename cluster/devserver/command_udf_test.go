package devserver

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wire"
)

// register registers a module.
func (c *client) register(file, source string) {
	c.t.Helper()
	content := base64.StdEncoding.EncodeToString([]byte(source))
	require.Equal(c.t, "ok", c.info(fmt.Sprintf("udf-put:filename=%s;content=%s;content-len=%d;udf-type=LUA;", file, content, len(content))))
}

// functions is a module of functions that change records.
const functions = `
function ret(rec, v) return v end
function put(rec, name, v)
  rec[name] = v
  if aerospike:exists(rec) then return aerospike:update(rec) end
  return aerospike:create(rec)
end
function twice(rec) return aerospike:create(rec), aerospike:create(rec) end
function remove(rec) return aerospike:remove(rec) end
function ttl(rec, seconds) record.set_ttl(rec, seconds) rec.t = 1 return aerospike:update(rec) end
function key(rec) return record.key(rec) end
function drop(rec) record.drop_key(rec) return aerospike:update(rec) end
function fail(rec)
  rec.n = 99
  aerospike:update(rec)
  error("no")
end
function many(rec, count)
  for i = 1, count do rec["b" .. i] = i end
  return aerospike:update(rec)
end
function big(rec, size) rec.b = string.rep("x", size) return aerospike:update(rec) end
function loop(rec) while true do end end
function spin(rec)
  loop(rec)
  return 1
end
function caught(rec) local ok, text = pcall(loop) return text end
function facts(rec)
  return list { record.gen(rec), record.setname(rec) or "none", record.numbins(rec), bytes.size(record.digest(rec)), record.ttl(rec) }
end
`

// call calls a function of the module on a record.
func call(k protocol.Key, function string, arguments ...any) wire.Command {
	c := wire.UDFCall{Package: "m", Function: function}
	for _, a := range arguments {
		c.Args = append(c.Args, protocol.ValueOf(a))
	}
	return wire.NewExecute(k, &c)
}

func withFunctions(t testing.TB, o Options) (*Server, *client) {
	s := start(t, o)
	c := connect(t, s, 0)
	c.register("m.lua", functions)
	return s, c
}

func TestFunctionsOnRecords(t *testing.T) {
	_, c := withFunctions(t, Options{})
	stored := put(key("stored"), one(1))
	stored.SendKey = true
	require.Equal(t, protocol.OK, c.do(stored).ResultCode)
	withKey := func(command wire.Command) wire.Command {
		command.SendKey = true
		return command
	}
	for i, test := range []struct {
		command    wire.Command
		code       protocol.ResultCode
		bins       string
		generation uint32
	}{
		{call(key(1), "ret", "x"), protocol.OK, "SUCCESS=x", 0},
		{call(key(1), "put", "n", 5), protocol.OK, "SUCCESS=0", 1},
		{call(key(1), "put", "n", 6), protocol.OK, "SUCCESS=0", 2},
		{call(key(1), "fail"), protocol.UDFError, "FAILURE=/opt/aerospike/usr/udf/lua/m.lua:16: no", 2},
		{wire.NewRead(key(1)), protocol.OK, "n=6", 2},
		{call(key(1), "facts"), protocol.OK, "SUCCESS=[2, \"demo\", 1, 20, 0]", 2},
		{call(key(1), "put", "n", nil), protocol.OK, "SUCCESS=0", 3},
		{wire.NewRead(key(1)), protocol.KeyNotFound, "", 0},
		{call(key(1), "put", "n", nil), protocol.KeyNotFound, "", 0},
		{call(key(1), "remove"), protocol.OK, "SUCCESS=1", 0},
		{call(key(2), "twice"), protocol.KeyNotFound, "", 0},
		{call(key(3), "put", "l", []any{1, "a"}), protocol.OK, "SUCCESS=0", 1},
		{call(key(3), "remove"), protocol.OK, "SUCCESS=0", 2},
		{call(key(3), "nosuch"), protocol.UDFError, "FAILURE=function not found", 0},
		{call(key(3), "many", 513), protocol.OK, "SUCCESS=-2", 0},
		{call(key("stored"), "many", 513), protocol.BinNameTooLong, "", 1},
		{call(key("stored"), "big", 1<<20), protocol.RecordTooBig, "", 1},
		{call(key("stored"), "key"), protocol.OK, "SUCCESS=stored", 1},
		{call(key("stored"), "drop"), protocol.OK, "SUCCESS=0", 2},
		{call(key("stored"), "key"), protocol.OK, "SUCCESS=nil", 2},
		{withKey(call(key("stored"), "key")), protocol.OK, "SUCCESS=stored", 2},
		{call(protocol.MustKey("test", "", "stored"), "key"), protocol.OK, "SUCCESS=nil", 0},
	} {
		r := c.do(test.command)
		require.Equal(t, test.code, r.ResultCode, "%d: %s", i, show(r.Bins))
		require.Equal(t, test.bins, show(r.Bins), "%d", i)
		require.Equal(t, test.generation, r.Generation, "%d", i)
	}
}

func TestFunctionsAreRefused(t *testing.T) {
	_, c := withFunctions(t, Options{})
	require.Equal(t, protocol.OK, c.do(put(key(1), one(1))).ResultCode)
	for name, test := range map[string]struct {
		change func(*wire.Message)
		want   protocol.ResultCode
	}{
		"create only":          {func(m *wire.Message) { m.Info2 |= wire.Info2CreateOnly }, protocol.ParameterError},
		"generation":           {func(m *wire.Message) { m.Info2 |= wire.Info2Generation }, protocol.ParameterError},
		"replace":              {func(m *wire.Message) { m.Info3 |= wire.Info3ReplaceOnly }, protocol.ParameterError},
		"no function":          {func(m *wire.Message) { m.Fields = m.Fields[:len(m.Fields)-2] }, protocol.ParameterError},
		"not a list":           {func(m *wire.Message) { m.Fields[len(m.Fields)-1].Data = []byte{1} }, protocol.OK},
		"truncated":            {func(m *wire.Message) { m.Fields[len(m.Fields)-1].Data = []byte{0x93, 1} }, protocol.OK},
		"a long function name": {func(m *wire.Message) { m.Fields[len(m.Fields)-2].Data = make([]byte, maxUDFName+1) }, protocol.ParameterError},
	} {
		command := call(key(1), "ret", 7)
		request, err := command.AppendMessage(nil, 1000)
		require.NoError(t, err)
		m, err := wire.ParseMessage(request[wire.ProtoHeaderSize:])
		require.NoError(t, err)
		test.change(m)
		body := m.AppendTo(nil)
		r := c.message(append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: len(body)}.AppendTo(nil), body...))
		require.Equal(t, test.want, r.ResultCode, name)
	}
	filtered := call(key(1), "ret", 7)
	filtered.Filter = exp.Filter(exp.Eq(exp.IntBin("n"), exp.IntVal(2)))
	require.Equal(t, protocol.FilteredOut, c.do(filtered).ResultCode)
	wrongSet := call(key(1), "ret", 7)
	wrongSet.Key, _ = protocol.KeyFromDigest("test", "other", key(1).Digest())
	require.Equal(t, protocol.ParameterError, c.do(wrongSet).ResultCode)
	require.Equal(t, protocol.OK, c.do(call(protocol.MustKey("test", "new", 1), "ret", 1)).ResultCode)
}

func TestUnknownModule(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	r := c.do(call(key(1), "f"))
	require.Equal(t, protocol.UDFError, r.ResultCode)
	require.Equal(t, "FAILURE=UDF: Execution Error 1", show(r.Bins))
}

func TestFunctionsSetTimeToLive(t *testing.T) {
	clock := newTestClock()
	_, c := withFunctions(t, Options{Clock: clock.Now})
	w := put(key(1), one(1))
	w.RecordTTL = 100
	require.Equal(t, protocol.OK, c.do(w).ResultCode)
	require.Equal(t, "SUCCESS=[1, \"demo\", 1, 20, 100]", show(c.do(call(key(1), "facts")).Bins))
	require.Equal(t, "SUCCESS=0", show(c.do(call(key(1), "ttl", 1000)).Bins))
	require.Equal(t, "SUCCESS=[2, \"demo\", 2, 20, 1000]", show(c.do(call(key(1), "facts")).Bins))
	require.Equal(t, protocol.ParameterError, c.do(call(key(1), "ttl", protocol.MaxTTL+1)).ResultCode)
	clock.advance(2000 * time.Second)
	// An expired record counts as missing, but the answer has its metadata.
	r := c.do(call(key(1), "facts"))
	require.Equal(t, "SUCCESS=[0, \"none\", 0, 20, 0]", show(r.Bins))
	require.EqualValues(t, 2, r.Generation)
	require.Equal(t, "SUCCESS=0", show(c.do(call(key(1), "put", "n", 2)).Bins))
	require.EqualValues(t, 1, c.do(call(key(1), "facts")).Generation)
}

func TestFunctionsEndInTime(t *testing.T) {
	s, c := withFunctions(t, Options{})
	// The error position is that of the caller of the looping function.
	for function, want := range map[string]string{
		"loop":   "FAILURE=UDF Execution Timeout",
		"spin":   "FAILURE=/opt/aerospike/usr/udf/lua/m.lua:25: UDF Execution Timeout",
		"caught": "SUCCESS=UDF Execution Timeout",
	} {
		command := call(key(1), function)
		request, err := command.AppendMessage(nil, 20)
		require.NoError(t, err)
		require.Equal(t, want, show(c.message(request).Bins))
	}
	// Closing the server does not wait for functions.
	command := call(key(1), "loop")
	request, err := command.AppendMessage(nil, 1<<30)
	require.NoError(t, err)
	c.send(request)
	require.NoError(t, s.Close())
}

func TestModulesAreCompiled(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	put := func(source string) string {
		content := base64.StdEncoding.EncodeToString([]byte(source))
		return c.info(fmt.Sprintf("udf-put:filename=m.lua;content=%s;content-len=%d;udf-type=LUA;", content, len(content)))
	}
	message := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	require.Equal(t, "error=compile_error;file=m.lua;line=2;message="+message("<name> expected near '1'"), put("x = 1\nlocal 1"))
	require.Equal(t, "error=compile_error;file=m.lua;line=1;message="+message("no"), put("error('no')"))
	require.Equal(t, "", c.info("udf-list"))
	require.Equal(t, "ok", put("n = 0 function f() n = n + 1 return n end"))
	// Ten Lua states take turns, each with its own global variables.
	for i := range 25 {
		require.Equal(t, fmt.Sprintf("SUCCESS=%d", i/10+1), show(c.do(call(key(1), "f")).Bins), "%d", i)
	}
	require.Equal(t, "ok", c.info("udf-clear-cache:"))
	for range 25 {
		require.Equal(t, "SUCCESS=1", show(c.do(call(key(1), "f")).Bins), "a new Lua state each time")
	}
	require.Equal(t, "error=compile_error;file=m.lua;line=1;message="+message("attempt to index a nil value (global 'aerospike')"),
		put("aerospike:log(1, 'x')"), "the library is not available while a module loads")
	require.Equal(t, "ok", put("function f() return 'new' end"))
	require.Equal(t, "SUCCESS=new", show(c.do(call(key(1), "f")).Bins))
	require.Equal(t, "ok", c.info("udf-remove:filename=m.lua"))
	require.Equal(t, "FAILURE=UDF: Execution Error 1", show(c.do(call(key(1), "f")).Bins))
}
