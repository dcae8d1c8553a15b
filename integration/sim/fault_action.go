package sim

import (
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// action returns what a node does with a request that the fault hits.
func (f *Fault) action(r *devserver.Request) devserver.Action {
	switch f.Kind {
	case RefuseConnect:
		return devserver.Break()
	case IgnoreRequest:
		return devserver.Ignore()
	case SlowConnect, SlowRequest:
		return devserver.Delay(f.Delay)
	case SlowAnswer:
		return devserver.Action{DelayAnswer: f.Delay}
	case DropAnswer:
		return devserver.DropAnswer()
	case CutRequest:
		return devserver.CutRequest(f.N)
	case CutAnswer:
		return devserver.CutAnswer(f.N)
	case BreakBefore:
		return devserver.Break()
	case BreakAfter:
		a := devserver.DropAnswer()
		a.Reset = true
		return a
	case Refuse, RefuseRow:
		return devserver.Refuse(f.Code)
	case RepeatAnswer:
		return devserver.RepeatAnswer()
	case SliceAnswer:
		return devserver.SliceAnswer(f.N)
	default:
		return devserver.Edit(f.edit(r))
	}
}

// edit returns how the fault changes the response to a request, nil if it does not.
func (f *Fault) edit(r *devserver.Request) func([]byte) []byte {
	switch f.Kind {
	case ServerTimeout:
		verdict := codeOnly(r.Kind, protocol.ServerTimeout)
		return func([]byte) []byte { return verdict }
	case TrailAnswer:
		return func(answer []byte) []byte { return append(answer, "\x02\x03trailing"[:f.N%10+1]...) }
	case InvalidAnswer:
		return func([]byte) []byte { return []byte(invalidAnswers[f.N%len(invalidAnswers)]) }
	case ExtraRow:
		return addExtraRow
	case StalePeers:
		return editInfo("peers-generation", "777777", "peers-clear-std", stalePeers[f.N%len(stalePeers)])
	case OtherName:
		return editInfo("node", "BB9FFFFFFFFFFFF")
	case InvalidPartitions:
		return editInfo("partition-generation", "777777", "replicas", invalidPartitions[f.N%len(invalidPartitions)])
	}
	panic("sim: " + f.Kind.String() + " is not a fault of a request")
}

// invalidAnswers are invalid responses: another protocol, an empty message, a message that is too
// long, one of the wrong type, and one that announces more operations than it has.
var invalidAnswers = []string{
	"HTTP/1.1 400 Bad Request\r\n\r\n",
	"\x02\x03\x00\x00\x00\x00\x00\x00",
	"\x02\x03\x7f\xff\xff\xff\xff\xff",
	"\x02\x02\x00\x00\x00\x00\x00\x04node",
	"\x02\x03\x00\x00\x00\x00\x00\x16\x16\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff",
}

// stalePeers are wrong lists of peers: an empty one, an unreachable node, an entry with two tokens
// missing, and no list.
var stalePeers = []string{
	"777777,3000,[]",
	"777777,3000,[[BB9EEEEEEEEEEEE,,[127.0.0.1:9]]]",
	"777777,3000,[[BB9EEEEEEEEEEEE",
	"",
}

// invalidPartitions are partition maps that cannot be parsed.
var invalidPartitions = []string{"", "test:0,2,notbase64!;", "test:0,2,AAAA,AAAA;", "test"}

// editInfo replaces the values of info commands. pairs alternates names and values.
func editInfo(pairs ...string) func([]byte) []byte {
	return func(answer []byte) []byte {
		for i := 0; i < len(pairs); i += 2 {
			answer = devserver.InfoAnswer(pairs[i], pairs[i+1]).Edit(answer)
		}
		return answer
	}
}

// codeOnly returns a response of only a result code, for a request of the given kind.
func codeOnly(kind devserver.Kind, code protocol.ResultCode) []byte {
	h := wire.Header{ResultCode: code}
	if kind&(devserver.Batches|devserver.Queries) != 0 {
		h.Info3 = wire.Info3Last
	}
	return h.AppendTo(wire.ProtoHeader{Type: wire.ProtoMessage, Size: wire.HeaderSize}.AppendTo(nil))
}

// addExtraRow inserts a row that was not requested at the front of a batch's response.
func addExtraRow(answer []byte) []byte {
	strange := wire.Header{TransactionTTL: 1 << 20}
	row := strange.AppendTo(nil)
	return append(append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: len(row)}.AppendTo(nil), row...), answer...)
}
