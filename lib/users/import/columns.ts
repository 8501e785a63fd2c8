/** The fields that a file of users can bring, and the names that the reference systems and their databases have for them. */
const namesOf = {
  phone: ['phone', 'phone_number', 'mobile', 'mobile_number', 'msisdn'],
  name: ['name', 'full_name', 'display_name'],
  first_name: ['first_name', 'given_name'],
  last_name: ['last_name', 'family_name', 'surname'],
  email: ['email', 'e_mail', 'email_address'],
  bio: ['bio', 'about'],
  location: ['location', 'city'],
  birth_date: ['birth_date', 'date_of_birth', 'birthday', 'dob'],
  avatar_url: ['avatar_url', 'avatar', 'profile_picture', 'picture'],
  locale: ['locale', 'language'],
  time_zone: ['time_zone', 'timezone'],
  role: ['role'],
  is_verified: ['is_verified', 'verified', 'phone_verified', 'is_phone_verified'],
  is_active: ['is_active', 'active'],
  created_at: ['created_at', 'date_joined', 'joined_at', 'registered_at'],
  last_sign_in_at: ['last_sign_in_at', 'last_login', 'last_login_at', 'last_seen', 'last_seen_at'],
} as const;

export type ImportField = keyof typeof namesOf;

/** One record of the file, by field; what its column or its cell is missing for is not there ({@link recordOf}). */
export type ImportRecord = Partial<Record<ImportField, string>>;

export type Columns = {
  /** The field of each column, in the file's order; null: not taken over. */
  fields: (ImportField | null)[];
  ignored: string[];
};

const fieldOf = new Map<string, ImportField>(
  Object.entries(namesOf).flatMap(([field, names]) => names.map((name) => [name, field as ImportField] as const)),
);

/** Reads a header line. A problem is one sentence for the person at the terminal. */
export function readColumns(header: string[]): { ok: true; columns: Columns } | { ok: false; problem: string } {
  const fields = header.map((title) => fieldOf.get(normalised(title)) ?? null);
  for (const [index, field] of fields.entries()) {
    const first = fields.indexOf(field);
    if (field && first !== index) {
      const both = `“${header[first]}” and “${header[index]}”`;
      return { ok: false, problem: `The columns ${both} both mean ${field}: leave one of them.` };
    }
  }
  if (!fields.includes('phone')) {
    // Without quoting it: in a file without a header the first line is somebody.
    const problem = `No column is called ${namesOf.phone.join(', ')}. The first line must name the columns, in UTF-8.`;
    return { ok: false, problem };
  }
  return { ok: true, columns: { fields, ignored: header.filter((_, index) => fields[index] === null) } };
}

/**
 * The record that a line's cells make; null: it has more of them than there are columns, so that none can be trusted to stand in
 * its own. A line may end early, as spreadsheets save it, and what is missing is blank. Of the two fields that say whether somebody
 * may come in, a blank one is kept: where the column exists, to say nothing is not to say yes.
 */
export function recordOf({ fields }: Columns, cells: string[]): ImportRecord | null {
  if (cells.slice(fields.length).some((cell) => cell.trim() !== '')) return null;
  const record: ImportRecord = {};
  for (const [index, field] of fields.entries()) {
    const text = cells[index]?.trim() ?? '';
    const isBlank = text === '' || text === '\\N' || text.toUpperCase() === 'NULL';
    if (field && !isBlank) record[field] = text;
    else if (field === 'is_verified' || field === 'is_active') record[field] = '';
  }
  return record;
}

/** `Phone Number`, `phoneNumber` and `phone-number` are `phone_number`. */
const normalised = (title: string) =>
  title
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
