package cluster

import "errors"

// Policies are a client's default policies, one for each kind of command.
type Policies struct {
	Read  ReadPolicy
	Write WritePolicy
	Batch BatchPolicy
	Query QueryPolicy
	Info  InfoPolicy
	Admin AdminPolicy
	// Background is for QueryOperate and QueryExecute.
	Background BackgroundPolicy
	// TxnVerify is for verifying a transaction's reads when it commits. TxnRoll is for the other
	// steps that end a transaction.
	TxnVerify, TxnRoll TxnPolicy
}

func (p *Policies) validate() error {
	if p.Read.Txn != nil || p.Write.Txn != nil || p.Batch.Txn != nil {
		return configError("Policies has a transaction, which all commands would join; set it in the policies of its commands, or use WithTxn")
	}
	return errors.Join(p.Read.validate(), p.Write.validate(), p.Batch.validate(), p.Query.validate(), p.Info.validate(), p.Admin.validate(), p.Background.validate(),
		p.TxnVerify.validate("Policies.TxnVerify"), p.TxnRoll.validate("Policies.TxnRoll"))
}

// policyOr returns the policy p, or the client's default if p is nil.
func policyOr[T any, P interface {
	*T
	validate() error
}](p, def P) (P, error) {
	if p == nil {
		return def, nil
	}
	if err := p.validate(); err != nil {
		return nil, clientError(err)
	}
	return p, nil
}
