import { isRedeemableOn } from '../../quota/card-key.ts'
import { openCardKeys } from '../../wiring/open-card-keys.ts'
import { type CliAction, CliError } from '../context.ts'
import { facts } from '../table.ts'
import { NO_KEY } from './find-card.ts'

/** Asks no database: whether the card is used or void, `cards show` knows. */
export const verifyCard = async (cli: CliAction, text: string): Promise<void> => {
  const opened = openCardKeys(cli.config).open(text)
  if (!opened.ok) throw new CliError(NO_KEY[opened.reason])
  const { batch, serial, calls, days, redeemBy, keyVersion } = opened.card
  const isLate = !isRedeemableOn(opened.card, Date.now())
  cli.print(
    {
      ...{ genuine: true, batch, serial, calls, days: days ?? null, expires: redeemBy ?? null },
      ...{ tooLate: isLate, secret: keyVersion },
    },
    () => [
      'genuine',
      ...facts([
        ['batch', String(batch)],
        ['serial', serial],
        ['calls', calls],
        ['days', days],
        ['expires', redeemBy && isLate ? `${redeemBy}, which is past: it cannot be redeemed` : redeemBy],
        ['secret', keyVersion === 'previous' ? 'APP_SECRET_PREVIOUS' : undefined],
      ]),
    ],
  )
}
