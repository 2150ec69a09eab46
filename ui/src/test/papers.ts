// Papers for tests.
import type { Document, PaperCard, PaperLine, PickView } from '../lib/ipc';

export function paper(id: string, more: Partial<Document> = {}): PaperLine {
  const document = {
    id,
    created_at: '2026-11-20T10:00:00Z',
    updated_at: '2026-11-20T10:00:00Z',
    customer_id: 'ann',
    vehicle_id: null,
    document_type: 'license',
    title: `Paper ${id}`,
    description: '',
    file_name: `${id}.pdf`,
    file_size: 84_000,
    mime_type: 'application/pdf',
    sha256: 'a'.repeat(64),
    is_sensitive: false,
    expiry_date: null,
    is_active: true,
    renews: null,
    ...more,
  } as Document;
  return {
    id,
    document,
    customer: 'Ann Ng',
    vehicle: document.vehicle_id ? 'AB 1' : '',
    due: null,
    counts: true,
    renewed_by: null,
    file: { file_state: 'here', file_refusal: null },
  };
}

export const cardOf = (line: PaperLine, more: Partial<PaperCard> = {}): PaperCard => ({
  line,
  renews: null,
  renewed_by: null,
  looks: [],
  ...more,
});

export function pick(token: string, more: Partial<PickView> = {}): PickView {
  return {
    token,
    name: `${token}.pdf`,
    is_scan: false,
    look: {
      name: `${token}.pdf`,
      size_bytes: 84_000,
      media_type: 'application/pdf',
      document_type: null,
      title: token,
      warnings: [],
      sha256: 'b'.repeat(64),
    },
    problems: [],
    ...more,
  };
}

export const refusedPick = (token: string): PickView =>
  pick(token, {
    look: null,
    problems: [{ field: 'file', code: 'file_refused', args: { why: 'empty', max_mib: '25' } }],
  } as Partial<PickView>);
