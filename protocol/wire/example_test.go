package wire_test

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A command is encoded as a message, and a server's response is decoded into a record.
func ExampleCommand() {
	key := protocol.MustKey("test", "demo", "k1")
	read := wire.NewRead(key, "name")
	request, err := read.AppendMessage(nil, 1000)
	fmt.Println(len(request), err)

	answer := wire.Message{
		Header: wire.Header{Generation: 1},
		Ops:    []wire.RawOp{{Code: protocol.OpRead, Type: protocol.ParticleString, Name: []byte("name"), Data: []byte("Ada")}},
	}
	response, _, err := wire.ParseResponse(answer.AppendTo(nil))
	fmt.Println(response.ResultCode == protocol.OK, response.Record(key), err)
	// Output:
	// 85 <nil>
	// true test:demo:k1 gen=1 name=Ada <nil>
}

func ExampleNewGrantPrivileges() {
	p := protocol.Privilege{Code: protocol.PrivilegeReadWrite, Namespace: "test", Set: "demo"}
	request := wire.NewGrantPrivileges("editor", []protocol.Privilege{p})
	message, err := request.AppendMessage(nil)
	fmt.Println(request.Command, len(message), err)
	// Output: grant-privileges 52 <nil>
}
