package devserver

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// onDevice matches what depends on the device of the recorded server and on the time.
var onDevice = regexp.MustCompile(`(lut=5\d{11}|void-time=5\d{8}|rblock-id=\d+|file-id=\d+|stripe-name=stripe-\d+|set-id=\d+)`)

// recordedRecord is what a real server 8.1.2 answered to debug-record, in three records.
var recordedRecords = []struct {
	key    any
	stored bool
	ttl    uint32
	bins   protocol.Bins
	want   string
}{
	{"u1", true, 1<<32 - 1, protocol.Bins{
		protocol.NewBin("n", 5), protocol.NewBin("s", "hello"), protocol.NewBin("l", []any{1, 2}), protocol.NewBin("m", map[string]any{"a": 1}),
		protocol.NewBin("f", 2.5), protocol.NewBin("b", []byte{1, 2}), protocol.NewBin("t", true),
		{Name: "g", Value: protocol.GeoJSON(`{"type": "Point", "coordinates": [1.0, 2.0]}`)},
	}, "pid=3388;repl-ix=0;index=rc=0,tree-id=1,color=0,is-orig=0,keyd=3cad62bbd294edbb27d566a7c64c38c5871bc8a0,left=0,right=0,set-id=7,set-name=dsrvdbg,in-sindex=0,xdr-bin-cemetery=0,xdr-write=0,xdr-tombstone=0,xdr-nsup-tombstone=0,void-time=0,lut=533586360040,generation=1,rblock-id=1448907,n-rblocks=11,file-id=7,stripe-name=stripe-7,key-stored=1,repl-state=0,tombstone=0,cenotaph=0,orig-h=0;key=flat-size=3,type=3,value=7531;n-bins=8;bins=bin-name=n,xdr-write=0,lut=0,src-id=0,state=1,type=1,value=5:bin-name=s,xdr-write=0,lut=0,src-id=0,state=3,type=3,data-size=5,value=68656c6c6f:bin-name=l,xdr-write=0,lut=0,src-id=0,state=3,type=20,data-size=3,value=920102:bin-name=m,xdr-write=0,lut=0,src-id=0,state=3,type=19,data-size=5,value=81a2036101:bin-name=f,xdr-write=0,lut=0,src-id=0,state=4,type=2,value=2.500000:bin-name=b,xdr-write=0,lut=0,src-id=0,state=3,type=4,data-size=2,value=0102:bin-name=t,xdr-write=0,lut=0,src-id=0,state=5,type=17,value=1:bin-name=g,xdr-write=0,lut=0,src-id=0,state=3,type=23,data-size=55,value=00010009b79fca176e03107b2274797065223a2022506f696e74222c2022636f6f7264696e61746573223a205b312e302c20322e305d7d"},
	{70000, true, 1000, protocol.Bins{protocol.NewBin("n", -5), protocol.NewBin("h", 0), protocol.NewBin("e", ""), protocol.NewBin("z", []any{})},
		"pid=1953;repl-ix=0;index=rc=0,tree-id=1,color=0,is-orig=0,keyd=a147c05976e27a5b1adc404da55b2cc55a376b27,left=0,right=0,set-id=7,set-name=dsrvdbg,in-sindex=0,xdr-bin-cemetery=0,xdr-write=0,xdr-tombstone=0,xdr-nsup-tombstone=0,void-time=533587376,lut=533586376072,generation=1,rblock-id=1417976,n-rblocks=5,file-id=2,stripe-name=stripe-2,key-stored=1,repl-state=0,tombstone=0,cenotaph=0,orig-h=0;key=flat-size=9,type=1,value=70000;n-bins=4;bins=bin-name=n,xdr-write=0,lut=0,src-id=0,state=1,type=1,value=18446744073709551611:bin-name=h,xdr-write=0,lut=0,src-id=0,state=1,type=1,value=0:bin-name=e,xdr-write=0,lut=0,src-id=0,state=3,type=3,data-size=0,value=:bin-name=z,xdr-write=0,lut=0,src-id=0,state=3,type=20,data-size=1,value=90"},
	{7, false, 0, protocol.Bins{protocol.NewBin("n", -5)},
		"pid=536;repl-ix=0;index=rc=0,tree-id=1,color=0,is-orig=0,keyd=1842986f4bb15664e89c7b29b364238a6d8eeb0a,left=0,right=0,set-id=7,set-name=dsrvdbg,in-sindex=0,xdr-bin-cemetery=0,xdr-write=0,xdr-tombstone=0,xdr-nsup-tombstone=0,void-time=0,lut=533586360040,generation=1,rblock-id=1518109,n-rblocks=3,file-id=0,stripe-name=stripe-0,key-stored=0,repl-state=0,tombstone=0,cenotaph=0,orig-h=0;n-bins=1;bins=bin-name=n,xdr-write=0,lut=0,src-id=0,state=1,type=1,value=18446744073709551611"},
}

func TestDebugRecord(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	// The answer to debug-record-meta is the same without the values.
	value := regexp.MustCompile(`,value=[^;:,]*`)
	for _, test := range recordedRecords {
		k := protocol.MustKey("test", "dsrvdbg", test.key)
		command := wire.NewWrite(protocol.OpWrite, k, test.bins)
		command.SendKey, command.RecordTTL = test.stored, test.ttl
		require.Equal(t, protocol.OK, c.do(command).ResultCode)
		digest := k.Digest().String()
		want := onDevice.ReplaceAllString(test.want, "")
		require.Equal(t, want, onDevice.ReplaceAllString(c.info("debug-record:namespace=test;keyd="+digest), ""))
		require.Equal(t, value.ReplaceAllString(want, ""), onDevice.ReplaceAllString(c.info("debug-record-meta:namespace=test;keyd="+digest), ""))
	}
	missing := strings.Repeat("0", 40)
	for _, test := range []struct{ command, want string }{
		{"debug-record", "ERROR:20:missing 'namespace'"},
		{"debug-record:ns=test", "ERROR:20:missing 'namespace'"},
		{"debug-record:namespace=nosuch;keyd=01", "ERROR:20:namespace not found on node"},
		{"debug-record:namespace=test", "ERROR:4:missing 'keyd'"},
		{"debug-record:namespace=test;keyd=", "ERROR:4:missing 'keyd' value"},
		{"debug-record:namespace=test;keyd=zz", "ERROR:4:keyd"},
		{"debug-record:namespace=test;keyd=0x" + missing, "ERROR:4:'keyd' value too long"},
		{"debug-record:namespace=test;keyd=" + missing, "ERROR:2:record not found"},
		{"debug-record:namespace=test;keyd=" + missing + ";mode=x", "ERROR:4:unknown mode"},
		{"debug-record:namespace=test;keyd=" + missing + ";mode=raw", "ERROR:16:records are not on a device"},
		{"dump-wb-summary", "ERROR:20:missing 'namespace'"},
		{"dump-wb-summary:namespace=nosuch", "ERROR:20:namespace not found on node"},
		{"dump-wb-summary:namespace=test", "ERROR:4:'verbose' may be either 'true' or 'false'"},
		{"dump-wb-summary:namespace=test;verbose=true", "ERROR:4:'verbose' may be either 'true' or 'false'"},
		{"node;", "A1"},
		{"build;x", "8.1.2.0"},
		{"latencies:hist=info", "info:"},
		{"latencies:hist={test}-re-repl", "{test}-re-repl:"},
		{"latencies:hist=", "ERROR:4:missing 'hist' value"},
		{"admin-tls-std", ""},
	} {
		require.Equal(t, test.want, c.info(test.command), test.command)
	}
	require.Regexp(t, `^service\.port=\d+;service\.addresses=127\.0\.0\.1;service\.access-port=.*;fabric\.tls-addresses=null$`, c.info("endpoints"))
}

// TestMetadataIsShown compares smd-show with what a real server 8.1.2 answered after the same
// commands.
func TestMetadataIsShown(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	require.Equal(t, "<empty>", c.info("smd-show:module=sindex"))
	for _, definition := range []string{
		"indexname=dx1;namespace=test;set=dsrvdbg;bin=a;type=string", "indexname=dx2;namespace=test;set=dsrvdbg;bin=a;type=geo2dsphere;indextype=list",
		"indexname=dx3;namespace=test;set=dsrvdbg;bin=a;type=blob;indextype=mapkeys", "indexname=dx4;namespace=test;bin=a;type=numeric;indextype=mapvalues",
		"indexname=dx5;namespace=test;set=dsrvdbg;bin=a;context=khAA;type=numeric", "indexname=dx6;namespace=test;set=dsrvdbg;exp=k1ECoWE=;type=numeric",
	} {
		require.Equal(t, "ok", c.info("sindex-create:"+definition))
	}
	require.Equal(t, "ok", c.info("udf-put:filename=dsrv.lua;udf-type=LUA;content-len=36;content=ZnVuY3Rpb24gZihyKSByZXR1cm4gMSBlbmQK"), "the module")
	fill(c, "dsrvdbg", 1)
	require.Equal(t, "ok", c.info("truncate:namespace=test;set=dsrvdbg"))
	for _, test := range []struct{ module, want string }{
		{"sindex", "test|dsrvdbg|a|.|S=dx1;test|dsrvdbg|a|L|G=dx2;test|dsrvdbg|a|K|B=dx3;test||a|V|I=dx4;test|dsrvdbg|a|ckhAA|.|I=dx5;test|dsrvdbg||ek1ECoWE=|.|I=dx6"},
		{"UDF", `dsrv.lua={"content64": "ZnVuY3Rpb24gZihyKSByZXR1cm4gMSBlbmQK", "type": "LUA", "name": "dsrv.lua"}`},
		{"evict", "<empty>"},
		{"security", "ERROR:25:enterprise only"},
		{"roster", "ERROR:25:enterprise only"},
		{"XDR", "ERROR:25:enterprise only"},
		{"", "ERROR:4:missing 'module' value"},
		{"nosuch", "ERROR:4:unknown 'module'"},
	} {
		require.Equal(t, test.want, c.info("smd-show:module="+test.module), test.module)
	}
	require.Regexp(t, `^test\|dsrvdbg=\d+$`, c.info("smd-show:module=truncate"))
}
