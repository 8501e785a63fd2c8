/** What is handed to a vendor. `phone` is E.164. */
export type SmsMessage = { deliveryId: string; phone: string; text: string };

/** Why a vendor did not take a message; `operatorHint` names cause and remedy and never reaches the person. */
export type SendFailure = {
  accepted: false;
  errorClass: 'recipient' | 'blocked' | 'region' | 'configuration' | 'balance' | 'rate' | 'transient' | 'unknown';
  errorCode: string | null;
  operatorHint: string;
};

export type SendOutcome = { accepted: true; providerMessageId: string; segments: number | null } | SendFailure;

/** One vendor. Never throws for what a vendor can answer: that is a {@link SendFailure}. */
export type SmsSender = { name: string; send(message: SmsMessage): Promise<SendOutcome> };
