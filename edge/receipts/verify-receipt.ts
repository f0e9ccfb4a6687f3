import type { z } from 'zod';
import { digestText } from '#edge/receipts/build-receipt.ts';
import { isSignedReceipt } from '#edge/receipts/sign-receipt.ts';
import type { Peppers } from '#shared/api-keys/parse-peppers.ts';
import { receiptSchema } from '#shared/protocol/receipt.ts';
import type { ReceiptVerification, verifyReceiptSchema } from '#shared/protocol/receipt-verification.ts';

/** Whether the receipt is ours and whole; only then, whether it is of the texts. */
export async function verifyReceipt(
  peppers: Peppers,
  { receipt, query, documents }: z.infer<typeof verifyReceiptSchema>,
): Promise<ReceiptVerification> {
  const parsed = receiptSchema.safeParse(receipt);
  // Checked as it came: a reader that drops fields would not see one that was added.
  if (!(await isSignedReceipt(peppers, receipt)) || !parsed.success) {
    return { object: 'receipt_verification', valid: false };
  }
  const { query: receiptQuery, documents: receiptDocuments } = parsed.data;
  return {
    object: 'receipt_verification',
    valid: true,
    ...(query === undefined ? {} : { query_matches: (await digestText(query)) === receiptQuery.sha256 }),
    ...(documents === undefined ? {} : { mismatched_documents: await mismatches(documents, receiptDocuments) }),
  };
}

async function mismatches(
  texts: readonly string[],
  documents: readonly { readonly sha256: string }[],
): Promise<number[]> {
  const digests = await Promise.all(texts.map(digestText));
  const length = Math.max(digests.length, documents.length);
  return Array.from({ length }, (_, index) => index).filter((index) => digests[index] !== documents[index]?.sha256);
}
