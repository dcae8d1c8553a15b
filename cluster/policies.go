package cluster

import "errors"

// Policies are the default policies of a client, one for each family of commands.
type Policies struct {
	Read  ReadPolicy
	Write WritePolicy
	Batch BatchPolicy
	Query QueryPolicy
	Info  InfoPolicy
	Admin AdminPolicy
	// Background is for queries that change records.
	Background BackgroundPolicy
	// TxnVerify and TxnRoll are for the ends of transactions: for the verification of reads, and for all that follows.
	TxnVerify, TxnRoll TxnPolicy
}

func (p *Policies) validate() error {
	if p.Read.Txn != nil || p.Write.Txn != nil || p.Batch.Txn != nil {
		return configError("Policies names a transaction, to which all commands would belong; name it in the policies of its commands, or by WithTxn")
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
